import { refuse } from '../command-error.ts';
import { readInteger } from '../numbers/integers.ts';

/** Seconds or milliseconds, from now or since 1970. */
export type ExpiryUnit = 'EX' | 'PX' | 'EXAT' | 'PXAT';

export interface ExpiryOption {
  readonly unit: ExpiryUnit;
  readonly amount: string;
}

const maxMs = 2 ** 63;

/** The option a word in upper case begins; undefined when it is another word or its amount is missing. */
export function parseExpiryOption(word: string, amount: string | undefined): ExpiryOption | undefined {
  if (amount === undefined) return undefined;
  return word === 'EX' || word === 'PX' || word === 'EXAT' || word === 'PXAT' ? { unit: word, amount } : undefined;
}

/** The time a positive amount leads to, in milliseconds since 1970. */
export function readExpiry({ unit, amount }: ExpiryOption, nowMs: number, command: string): number {
  const count = readInteger(amount);
  return count <= 0 ? refuseExpiry(command) : toTimestamp({ unit, count }, nowMs, command);
}

/** The time that many units lead to; refuses what does not fit into 64 bits. */
export function toTimestamp(
  { unit, count }: { readonly unit: ExpiryUnit; readonly count: number },
  nowMs: number,
  command: string,
): number {
  const amountMs = unit === 'EX' || unit === 'EXAT' ? count * 1000 : count;
  const atMs = unit === 'EX' || unit === 'PX' ? amountMs + nowMs : amountMs;
  return amountMs < -maxMs || amountMs >= maxMs || atMs >= maxMs ? refuseExpiry(command) : atMs;
}

function refuseExpiry(command: string): never {
  refuse(`ERR invalid expire time in '${command}' command`);
}
