import { Command, CommanderError, Option } from 'commander';

import { checkValues } from './check-values.ts';
import type { CommandInput, CommandSpec, OptionSpec } from './command.ts';
import { childOf, type CommandNode } from './command-tree.ts';
import { readFlags } from './flags.ts';
import { globalOptions, scanGlobalFlags, type GlobalFlags } from './global-options.ts';
import { explainUsage } from './usage-error.ts';

/** What a call asks for. */
export type Request =
  | { readonly kind: 'run'; readonly spec: CommandSpec; readonly input: CommandInput; readonly flags: GlobalFlags }
  | { readonly kind: 'help'; readonly node: CommandNode; readonly flags: GlobalFlags }
  | { readonly kind: 'version'; readonly flags: GlobalFlags };

/** What parsing has come to: the command it was in, and its action if it got that far. */
interface Progress {
  at: { readonly node: CommandNode; readonly command: Command };
  request?: Request;
}

/** Reads the words after `msa`. Everything that is wrong with them is an MsaError with MSA_USAGE. */
export function parseArguments(argv: readonly string[], root: CommandNode): Request {
  const words = helpLast(argv);
  const program = new Command('msa');
  const progress: Progress = { at: { node: root, command: program } };
  declare(program, root, progress);
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return ended(error, progress.at, scanGlobalFlags(words));
  }
  // Every leaf has an action and commander ends every group with an error, so one of them was reached.
  if (progress.request === undefined) throw new Error(`Nothing came of the arguments ${words.join(' ')}.`);
  return progress.request;
}

/** `msa help new` means `msa new --help`, also behind options of every command. */
function helpLast(argv: readonly string[]): readonly string[] {
  const switches = new Set(
    globalOptions.map(readFlags).flatMap(({ short, long, value }) => (value ? [] : [short, long])),
  );
  const at = argv.findIndex((word) => !switches.has(word));
  return argv[at] === 'help' ? [...argv.toSpliced(at, 1), '--help'] : argv;
}

/** Help and version come out of commander as errors, like the mistakes. */
function ended(error: CommanderError, at: Progress['at'], flags: GlobalFlags): Request {
  const { node, command } = at;
  if (error.code === 'commander.version') return { kind: 'version', flags };
  const [word] = command.args;
  const misspelt = node.spec === undefined && word !== undefined && !word.startsWith('-') && !childOf(node, word);
  const wantsHelp = error.code === 'commander.helpDisplayed' && !misspelt;
  if (wantsHelp || (error.code === 'commander.help' && node.path.length === 0)) return { kind: 'help', node, flags };
  throw explainUsage(misspelt ? 'commander.unknownCommand' : error.code, {
    node,
    args: command.args,
    text: error.message,
  });
}

function declare(command: Command, node: CommandNode, progress: Progress): void {
  command
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption('-h, --help')
    .version('0', '-V, --version')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: () => '' })
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .exitOverride((error) => {
      progress.at = { node, command };
      throw error;
    });
  for (const option of globalOptions) command.addOption(createOption(option));
  for (const child of node.children) declare(command.command(child.path.at(-1) ?? ''), child, progress);
  if (node.spec !== undefined) declareLeaf(command, node.spec, progress);
}

function declareLeaf(command: Command, spec: CommandSpec, progress: Progress): void {
  for (const { usage } of spec.arguments ?? []) command.argument(usage);
  for (const option of spec.options ?? []) command.addOption(createOption(option));
  command.action(() => {
    const flags = readGlobalFlags(command);
    const input = { args: command.processedArgs, options: ownOptions(command) };
    checkValues(spec, input);
    progress.request = { kind: 'run', spec, input, flags };
  });
}

function createOption({ flags, repeatable, list }: OptionSpec): Option {
  const option = new Option(flags);
  if (repeatable) option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value]);
  if (list)
    option.argParser((value, before: string | undefined) => (before === undefined ? value : `${before},${value}`));
  return option;
}

const globalKeys = new Set(globalOptions.map((option) => createOption(option).attributeName()));

function ownOptions(command: Command): Record<string, unknown> {
  return Object.fromEntries(Object.entries(command.opts()).filter(([key]) => !globalKeys.has(key)));
}

/** A global option counts wherever it stood: after `msa`, after the group or after the command. */
function readGlobalFlags(leaf: Command): GlobalFlags {
  const chain: Record<string, unknown>[] = [];
  for (let command: Command | null = leaf; command !== null; command = command.parent) chain.unshift(command.opts());
  const given = (key: string): boolean => chain.some((options) => options[key] === true);
  const color = chain.findLast((options) => typeof options['color'] === 'boolean')?.['color'];
  return {
    json: given('json'),
    yes: given('yes'),
    quiet: given('quiet'),
    debug: given('debug'),
    color: typeof color === 'boolean' ? color : undefined,
    directories: chain.flatMap(({ C }) => (Array.isArray(C) ? C.map(String) : [])),
  };
}
