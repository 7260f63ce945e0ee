import { closest } from '../../model/closest.ts';
import { MsaError } from '../../model/errors.ts';
import { commandLine, type CommandNode } from './command-tree.ts';
import { readFlags } from './flags.ts';
import { endingOptions, globalOptions } from './global-options.ts';

/** Where parsing stopped. */
interface Place {
  readonly node: CommandNode;
  /** The words that were left for this command. */
  readonly args: readonly string[];
  /** commander's own sentence, which alone holds the name of what was wrong. */
  readonly text: string;
}

/** Turns what commander found into an error that names the mistake, what was probably meant, and an example. */
export function explainUsage(code: string, place: Place): MsaError {
  const { node, text } = place;
  const help = `${commandLine(node)} --help`;
  switch (code) {
    case 'commander.unknownCommand':
      return unknownCommand(place);
    case 'commander.help':
      return new MsaError('MSA_USAGE', `${commandLine(node)} needs one of: ${childNames(node).join(', ')}`, {
        hint: help,
      });
    case 'commander.unknownOption':
      return unknownOption(node, quoted(text));
    case 'commander.missingArgument':
      return new MsaError('MSA_USAGE', `${commandLine(node)} needs ${usageOf(node, quoted(text))}`, withExample(node));
    case 'commander.optionMissingArgument':
      return new MsaError('MSA_USAGE', `${quoted(text)} needs a value`, { hint: help });
    case 'commander.excessArguments':
      return excessArguments(place);
    default:
      return new MsaError('MSA_USAGE', text.replace(/^error: /, ''), { hint: help });
  }
}

function unknownCommand({ node, args: [word = ''] }: Place): MsaError {
  const meant = closest(word, childNames(node));
  const hint = meant === undefined ? `${commandLine(node)} --help` : `${commandLine(node)} ${meant}`;
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  const known = node.path.length === 0 ? [] : [`One of: ${childNames(node).join(', ')}`];
  return new MsaError('MSA_USAGE', `${commandLine(node)} has no command '${word}'${question}`, {
    hint,
    details: known,
  });
}

function unknownOption(node: CommandNode, given: string): MsaError {
  const name = given.replace(/=.*$/s, '');
  const options = [...(node.spec?.options ?? []), ...globalOptions, ...endingOptions];
  const known = options.flatMap((option) => readFlags(option).long ?? []);
  // One that runs a program is perhaps given the options of that.
  const runsProgram = node.spec?.onInterrupt === 'pass';
  const hint = runsProgram
    ? `Options of the program stand behind --, as in ${node.spec?.examples[0]}`
    : `${commandLine(node)} --help`;
  // There is one of that name, and what was given is more than the name.
  if (known.includes(name)) return new MsaError('MSA_USAGE', `${name} takes no value`, { hint });
  const meant = closest(name, known);
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new MsaError('MSA_USAGE', `${commandLine(node)} has no option ${name}${question}`, { hint });
}

function excessArguments({ node, args }: Place): MsaError {
  const expected = node.spec?.arguments ?? [];
  const first = args[expected.length] ?? '';
  const takes = expected.length === 0 ? 'no arguments' : expected.map(({ usage }) => usage).join(' ');
  return new MsaError('MSA_USAGE', `${commandLine(node)} takes ${takes}; '${first}' is too much`, withExample(node));
}

function withExample(node: CommandNode): { readonly hint: string } {
  return { hint: node.spec?.examples[0] ?? `${commandLine(node)} --help` };
}

function usageOf(node: CommandNode, name: string): string {
  const argument = node.spec?.arguments?.find(({ usage }) => usage.replaceAll(/[<>[\].]/g, '') === name);
  return argument === undefined ? `<${name}>` : `${argument.usage} (${argument.description})`;
}

function childNames(node: CommandNode): readonly string[] {
  return node.children.map(({ path }) => path.at(-1) ?? '');
}

function quoted(text: string): string {
  return /'(.*)'/s.exec(text)?.[1] ?? text;
}
