import type { ArgumentSpec, Completion, OptionSpec } from '../arguments/command.ts';
import { childOf, type CommandNode } from '../arguments/command-tree.ts';
import { readFlags } from '../arguments/flags.ts';
import { endingOptions, globalOptions } from '../arguments/global-options.ts';
import type { SplitLine } from './split-line.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What may stand at the cursor. */
export interface Wanted {
  readonly candidates: readonly Candidate[];
  /** What has to be looked up outside the command table. */
  readonly lookUp?: Completion;
  /** The part of the word that stands before each candidate: `--calls=users,`. */
  readonly prefix: string;
  /** Every `-C` before the cursor. */
  readonly directories: readonly string[];
  /** Candidates that the word has already. */
  readonly taken: readonly string[];
}

/** What the words before the cursor come to. */
interface Reading {
  readonly node: CommandNode;
  readonly positionals: readonly string[];
  readonly used: readonly OptionSpec[];
  readonly directories: readonly string[];
  /** The option whose value comes next. */
  readonly pending: OptionSpec | undefined;
  /** After `--` nothing is an option. */
  readonly ended: boolean;
}

/** Finds what may stand at the cursor, by the command table alone. */
export function findWanted(root: CommandNode, { words, current }: SplitLine): Wanted {
  const reading = readWords(root, words[0] === 'help' ? words.slice(1) : words);
  const { node, pending, ended, directories, positionals } = reading;
  const nothing = { candidates: [], prefix: '', directories, taken: [] };
  if (pending !== undefined) return { ...nothing, ...wantedValue(pending, current, '') };
  const assigned = ended ? null : /^(--[\w-]+=)(.*)$/s.exec(current);
  if (assigned !== null) {
    const [, prefix = '', value = ''] = assigned;
    const option = findOption(node, prefix.slice(0, -1));
    return option === undefined ? nothing : { ...nothing, ...wantedValue(option, value, prefix) };
  }
  if (!ended && current.startsWith('-')) return { ...nothing, candidates: unusedOptions(reading) };
  if (node.spec === undefined) return { ...nothing, candidates: positionals.length > 0 ? [] : childrenOf(node) };
  const argument = argumentAt(node.spec.arguments ?? [], positionals.length);
  return argument === undefined ? nothing : { ...nothing, ...valuesOf(argument) };
}

function readWords(root: CommandNode, words: readonly string[]): Reading {
  let node = root;
  let pending: OptionSpec | undefined;
  let ended = false;
  const positionals: string[] = [];
  const used: OptionSpec[] = [];
  const directories: string[] = [];
  for (const word of words) {
    if (pending !== undefined) {
      if (pending.flags.startsWith('-C')) directories.push(word);
      pending = undefined;
    } else if (!ended && word === '--') {
      ended = true;
    } else if (!ended && word.length > 1 && word.startsWith('-')) {
      const option = findOption(node, word.replace(/=.*$/s, ''));
      if (option !== undefined) used.push(option);
      if (option !== undefined && !word.includes('=') && readFlags(option).value !== undefined) pending = option;
    } else {
      const child = positionals.length === 0 ? childOf(node, word) : undefined;
      if (child === undefined) positionals.push(word);
      else node = child;
    }
  }
  return { node, positionals, used, directories, pending, ended };
}

function optionsOf({ spec }: CommandNode): readonly OptionSpec[] {
  return [...(spec?.options ?? []), ...globalOptions, ...endingOptions];
}

function findOption(node: CommandNode, flag: string): OptionSpec | undefined {
  return optionsOf(node).find((option) => {
    const { short, long } = readFlags(option);
    return short === flag || long === flag;
  });
}

function wantedValue(
  option: OptionSpec,
  value: string,
  prefix: string,
): Pick<Wanted, 'candidates' | 'prefix' | 'taken'> {
  const before = option.list ? value.slice(0, value.lastIndexOf(',') + 1) : '';
  return { ...valuesOf(option), prefix: prefix + before, taken: before.split(',') };
}

function valuesOf({ choices = [], completes }: OptionSpec | ArgumentSpec): Pick<Wanted, 'candidates' | 'lookUp'> {
  const candidates = choices.map((value) => ({ value, description: '' }));
  return completes === undefined ? { candidates } : { candidates, lookUp: completes };
}

function unusedOptions({ node, used }: Reading): readonly Candidate[] {
  return optionsOf(node)
    .filter((option) => option.repeatable === true || !used.includes(option))
    .map((option) => ({ value: readFlags(option).name, description: option.description }));
}

function childrenOf({ children }: CommandNode): readonly Candidate[] {
  return children.map(({ path, summary }) => ({ value: path.at(-1) ?? '', description: summary }));
}

function argumentAt(specs: readonly ArgumentSpec[], index: number): ArgumentSpec | undefined {
  const last = specs.at(-1);
  return specs[index] ?? (last?.usage.includes('...') === true ? last : undefined);
}
