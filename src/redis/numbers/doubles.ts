import { notAFloatError, refuse } from '../command-error.ts';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([\da-f]{1,64})$/i;
const infinity = /^([+-]?)inf(?:inity)?$/i;

/** The double a text stands for; undefined for what is not wholly a number, for NaN, and for what no double can hold. */
export function parseDouble(text: string): number | undefined {
  if (decimal.test(text)) return within(Number(text), text);
  const sign = infinity.exec(text)?.[1];
  if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const [, hexSign = '', digits = ''] = hexadecimal.exec(text) ?? [];
  return digits === '' ? undefined : Number(`0x${digits}`) * (hexSign === '-' ? -1 : 1);
}

// Too great, or so small that nothing is left of it.
function within(value: number, text: string): number | undefined {
  const isLost = value === 0 && /[1-9]/.test(text.replace(/e.*/i, ''));
  return isLost || !Number.isFinite(value) ? undefined : value;
}

/** Reads a float argument. */
export function readDouble(text: string, message = notAFloatError): number {
  return parseDouble(text) ?? refuse(message);
}

/** The text of a double as Redis writes scores: the shortest that reads back the same. */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  // Redis writes what fits half of its 64-bit integers as an integer, digit by digit.
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 62) return BigInt(value).toString();
  const { sign, digits, exponent } = decimalParts(value);
  const unused = exponent - digits.length + 1;
  if (unused >= 0 && exponent < digits.length + 7) return sign + digits + '0'.repeat(unused);
  if (unused < 0 && (unused > -7 || Math.abs(exponent) < 4)) return sign + withPoint(digits, exponent);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function withPoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function decimalParts(value: number): { readonly sign: string; readonly digits: string; readonly exponent: number } {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { sign: value < 0 ? '-' : '', digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}
