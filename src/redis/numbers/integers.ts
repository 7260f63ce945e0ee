import { notAnIntegerError, notPositiveError, refuse } from '../command-error.ts';

const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 63n - 1n;
const canonical = /^(?:0|-?[1-9]\d{0,18})$/;

/** The value of a text that is a 64-bit integer in its shortest form, else undefined. */
export function parseInteger(text: string): bigint | undefined {
  if (!canonical.test(text)) return undefined;
  const value = BigInt(text);
  return isInteger64(value) ? value : undefined;
}

/** Whether a value fits into 64 bits with sign. */
function isInteger64(value: bigint): boolean {
  return value >= minInteger && value <= maxInteger;
}

/** Reads an integer argument whose last digits do not matter beyond 2^53: a position, a count, a time. */
export function readInteger(text: string, message = notAnIntegerError): number {
  if (text.length <= 15 && canonical.test(text)) return Number(text);
  return Number(parseInteger(text) ?? refuse(message));
}

/** Reads an integer argument exactly. */
export function readBigInteger(text: string, message = notAnIntegerError): bigint {
  return parseInteger(text) ?? refuse(message);
}

/** Reads an integer argument whose opposite is one as well. */
export function readSymmetricInteger(text: string): number {
  const value = readBigInteger(text);
  if (value === minInteger) refuse(`ERR value is out of range, value must between ${-maxInteger} and ${maxInteger}`);
  return Number(value);
}

/** Reads an integer argument that may not be negative. */
export function readCount(text: string, message = notPositiveError): number {
  const count = readInteger(text, message);
  return count < 0 ? refuse(message) : count;
}

/** Adds within 64 bits; undefined beyond them. */
export function addIntegers(left: string, right: bigint): bigint | undefined {
  const sum = BigInt(left) + right;
  return isInteger64(sum) ? sum : undefined;
}
