import type { Colors } from '../terminal/colors.ts';
import type { ArgumentSpec, OptionSpec } from './command.ts';
import { commandLine, type CommandNode } from './command-tree.ts';
import { readFlags } from './flags.ts';
import { endingOptions, globalOptions } from './global-options.ts';

const tagline = 'Scaffold a microservice architecture and run it on a laptop.';

interface Paper {
  readonly colors: Colors;
  readonly width: number;
}

/** The help of msa, of a group or of a command, all from the command table. */
export function renderHelp(node: CommandNode, paper: Paper): string {
  const { spec } = node;
  const blocks = [
    node.path.length === 0 ? tagline : `${node.summary}.`,
    `${paper.colors.bold('Usage:')} ${usageLine(node)}`,
    ...(spec?.details ?? []).map((paragraph) => wrap(paragraph, paper.width, 0)),
    section('Commands', leavesOf(node).map(commandRow), paper),
    section('Arguments', (spec?.arguments ?? []).map(argumentRow), paper),
    section('Options', (spec?.options ?? []).map(optionRow), paper),
    section('Options of every command', [...globalOptions, ...endingOptions].map(optionRow), paper),
    examples(node, paper),
    spec === undefined ? `Run ${paper.colors.cyan(`${commandLine(node)} <command> --help`)} for one of them.` : '',
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** The same facts for programs. */
export function describeNode(node: CommandNode): object {
  const { spec } = node;
  return {
    command: commandLine(node),
    summary: node.path.length === 0 ? tagline : node.summary,
    usage: usageLine(node),
    commands: leavesOf(node).map((leaf) => ({ command: commandLine(leaf), summary: leaf.summary })),
    arguments: (spec?.arguments ?? []).map(({ usage, description, choices }) => ({ usage, description, choices })),
    options: (spec?.options ?? []).map(describeOption),
    globalOptions: [...globalOptions, ...endingOptions].map(describeOption),
    examples: spec?.examples ?? [],
  };
}

function describeOption({ flags, description, choices }: OptionSpec): object {
  return { flags, description, choices };
}

/** How the command is written, on one line. */
export function usageLine(node: CommandNode): string {
  if (node.spec === undefined) return `${commandLine(node)} <command> [options]`;
  const words = (node.spec.arguments ?? []).map(({ usage }) => usage);
  return [commandLine(node), ...words, '[options]'].join(' ');
}

/** Every command at or below a node, in the order of the table. */
export function leavesOf(node: CommandNode): readonly CommandNode[] {
  return node.children.flatMap((child) => (child.spec === undefined ? leavesOf(child) : [child]));
}

type Row = readonly [left: string, right: string];

function commandRow(leaf: CommandNode): Row {
  return [[...leaf.path, ...(leaf.spec?.arguments ?? []).map(({ usage }) => usage)].join(' '), leaf.summary];
}

function argumentRow({ usage, description, choices }: ArgumentSpec): Row {
  return [usage, withChoices(description, choices)];
}

function optionRow(option: OptionSpec): Row {
  const { short, long, value } = readFlags(option);
  const names = short === undefined ? `    ${long}` : [short, long].filter((name) => name !== undefined).join(', ');
  return [value === undefined ? names : `${names} ${value}`, withChoices(option.description, option.choices)];
}

function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? description : `${description} (${choices.join(', ')})`;
}

function section(title: string, rows: readonly Row[], { colors, width }: Paper): string {
  if (rows.length === 0) return '';
  const column = Math.min(32, Math.max(...rows.map(([left]) => left.length)) + 4);
  const lines = rows.map(([left, right]) => {
    const gap = left.length + 4 > column ? `\n${' '.repeat(column)}` : ' '.repeat(column - left.length - 2);
    return `  ${colors.cyan(left)}${gap}${wrap(right, width - column, column)}`;
  });
  return [colors.bold(`${title}:`), ...lines].join('\n');
}

function examples({ spec }: CommandNode, { colors }: Paper): string {
  if (spec === undefined) return '';
  return [colors.bold('Examples:'), ...spec.examples.map((example) => `  ${example}`)].join('\n');
}

function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 20)) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
