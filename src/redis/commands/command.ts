import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';

/** Carries out a command; the arguments come without the command's name. Throws a CommandError to refuse. */
export type Handler = (args: readonly string[], session: Session) => Reply;

/** The positions of the first and the last key and the distance between two, the name being position 0. */
export type KeyPositions = readonly [first: number, last: number, step: number];

export interface Command {
  /** The number of arguments, the name included; negative when it is the least. */
  readonly arity: number;
  /** The flags as COMMAND shows them. */
  readonly flags: string;
  readonly keys: KeyPositions;
  /** Absent where only the subcommands do something. */
  readonly run?: Handler;
  readonly subcommands?: CommandTable;
}

/** Commands by their name in lower case. */
export type CommandTable = Readonly<Record<string, Command>>;

export const noKeys: KeyPositions = [0, 0, 0];
export const oneKey: KeyPositions = [1, 1, 1];
export const twoKeys: KeyPositions = [1, 2, 1];
export const allKeys: KeyPositions = [1, -1, 1];
/** All arguments but the last, which is a timeout. */
export const keysBeforeTimeout: KeyPositions = [1, -2, 1];

/** The argument at an index that the command's arity guarantees. */
export function argument(args: readonly string[], index: number): string {
  const value = args[index];
  if (value === undefined) throw new Error(`argument ${index} is missing in spite of the arity`);
  return value;
}

/** Arguments two by two; the last one of an odd number is left out. */
export function inPairs(args: readonly string[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (let index = 0; index + 1 < args.length; index += 2)
    found.push([argument(args, index), argument(args, index + 1)]);
  return found;
}

/** The error for a number of arguments that the arity alone does not tell. */
export function wrongArgumentCount(name: string): string {
  return `ERR wrong number of arguments for '${name}' command`;
}
