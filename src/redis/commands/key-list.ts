import { refuse, syntaxError } from '../command-error.ts';
import { readInteger } from '../numbers/integers.ts';

/** Splits arguments that begin with the number of keys into the keys and the rest. */
export function splitKeys(
  args: readonly string[],
  tooMany = syntaxError,
): { keys: readonly string[]; rest: readonly string[] } {
  const message = 'ERR numkeys should be greater than 0';
  const count = readInteger(args[0] ?? '', message);
  if (count < 1) refuse(message);
  if (count > args.length - 1) refuse(tooMany);
  return { keys: args.slice(1, count + 1), rest: args.slice(count + 1) };
}

/** Reads how many are to be taken: nothing, or a COUNT alone. */
export function readPopCount(rest: readonly string[]): number {
  const [option, text] = rest;
  if (option === undefined) return 1;
  if (option.toUpperCase() !== 'COUNT' || text === undefined) refuse(syntaxError);
  const message = 'ERR count should be greater than 0';
  const count = readInteger(text, message);
  if (count < 1) refuse(message);
  return rest.length > 2 ? refuse(syntaxError) : count;
}
