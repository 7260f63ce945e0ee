import type { Command, Handler } from './commands/command.ts';
import { commandTable } from './commands/table.ts';
import { refuse } from './command-error.ts';

export interface Call {
  /** In lower case, as `client|id` for a subcommand. */
  readonly name: string;
  readonly run: Handler;
  readonly args: readonly string[];
  readonly flags: string;
}

const commands = new Map(Object.entries(commandTable));
const subcommands = new Map(
  Array.from(commands, ([name, command]) => [name, new Map(Object.entries(command.subcommands ?? {}))]),
);

/** What is called by these words, the command's name first; refuses unknown names and wrong numbers of arguments. */
export function findCall(words: readonly string[]): Call {
  const [written = '', second] = words;
  const name = commands.has(written) ? written : written.toLowerCase();
  const command = commands.get(name) ?? refuse(unknownCommand(written, words.slice(1)));
  if (command.subcommands !== undefined && second !== undefined) return findSubcall(name, second, words);
  checkCount(name, command, words.length);
  // By its arity a command without handler has a second word.
  if (command.run === undefined) throw new Error(`${name} has neither handler nor subcommand`);
  return { name, run: command.run, args: words.slice(1), flags: command.flags };
}

function findSubcall(name: string, written: string, words: readonly string[]): Call {
  const part = written.toLowerCase();
  const command = subcommands.get(name)?.get(part);
  if (command?.run === undefined)
    return refuse(`ERR unknown subcommand '${written.slice(0, 128)}'. Try ${name.toUpperCase()} HELP.`);
  checkCount(`${name}|${part}`, command, words.length);
  return { name: `${name}|${part}`, run: command.run, args: words.slice(2), flags: command.flags };
}

function checkCount(name: string, { arity }: Command, count: number): void {
  if (arity > 0 ? count !== arity : count < -arity) refuse(`ERR wrong number of arguments for '${name}' command`);
}

/** Redis quotes the arguments until it has quoted 128 bytes. */
function unknownCommand(name: string, args: readonly string[]): string {
  let quoted = '';
  for (const arg of args) {
    if (quoted.length >= 128) break;
    quoted += `'${upTo(arg, 128 - quoted.length)}' `;
  }
  return `ERR unknown command '${upTo(name, 128)}', with args beginning with: ${quoted}`;
}

// A text ends for Redis's messages at the first zero byte.
function upTo(text: string, length: number): string {
  return text.slice(0, length).replace(/\0.*/s, '');
}
