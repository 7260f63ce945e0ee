import type { CommandSpec } from './command.ts';

/** A word of the command line and what may follow it. The root is `msa` itself. */
export interface CommandNode {
  /** Words after `msa`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly children: readonly CommandNode[];
  /** Undefined for a group such as `msa new`. */
  readonly spec: CommandSpec | undefined;
}

/** What the commands of a group have in common. */
export interface GroupSpec {
  readonly name: string;
  readonly summary: string;
}

/** Arranges the command table as the tree its names describe, in the order of the table. */
export function createTree(commands: readonly CommandSpec[], groups: readonly GroupSpec[]): CommandNode {
  const below = (path: readonly string[]): CommandNode[] => {
    const names = commands.map(({ name }) => name.split(' ')).filter((words) => startsWith(words, path));
    const next = new Set(names.flatMap((words) => words.slice(path.length, path.length + 1)));
    return [...next].map((word) => nodeAt([...path, word]));
  };
  const nodeAt = (path: readonly string[]): CommandNode => {
    const name = path.join(' ');
    const spec = commands.find((command) => command.name === name);
    const summary = spec?.summary ?? groups.find((group) => group.name === name)?.summary ?? '';
    return { path, summary, children: spec === undefined ? below(path) : [], spec };
  };
  return nodeAt([]);
}

/** The deepest node that the words lead to; words that name nothing end the walk. */
export function findNode(root: CommandNode, words: readonly string[]): CommandNode {
  let node = root;
  for (const word of words) {
    const child = childOf(node, word);
    if (child === undefined) break;
    node = child;
  }
  return node;
}

/** The command or group a word names below a node. */
export function childOf(node: CommandNode, word: string): CommandNode | undefined {
  return node.children.find(({ path }) => path.at(-1) === word);
}

/** How a user calls the node: `msa new service`. */
export function commandLine({ path }: Pick<CommandNode, 'path'>): string {
  return ['msa', ...path].join(' ');
}

function startsWith(words: readonly string[], prefix: readonly string[]): boolean {
  return words.length > prefix.length && prefix.every((word, index) => words[index] === word);
}
