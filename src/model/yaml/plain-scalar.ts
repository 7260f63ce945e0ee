/** A value as it was read, with what stands in the file where that is neither a text nor a collection. */
export interface PlainValue {
  readonly value: unknown;
  readonly source?: string;
}

/** Thrown, and caught in read-plain.ts, where a file is not written plainly. */
export class NotPlain extends Error {}

/** What YAML may take for something else than a text. Only the plainest forms of it are read here. */
const notText =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?(?:0o[0-7]+|0x[\da-fA-F]+|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN))$/;
const plainNumber = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/;
const words: ReadonlyMap<string, PlainValue> = new Map([
  ['true', { value: true, source: 'true' }],
  ['false', { value: false, source: 'false' }],
  ['null', { value: null, source: 'null' }],
]);

/** Characters that mean something at the beginning of a text without quotes. */
const indicators = '-?:,[]{}#&*!|>\'"%@`=<~';
/** Other texts than those that begin so need not be looked at more closely; they are most. */
const mayBeOther = '+.0123456789nNtTfF';

/** Reads a text without quotes. */
export function plainScalar(text: string): PlainValue {
  const first = text.charAt(0);
  // A colon before a blank, or at the end, would make another key of it.
  if (first === '' || indicators.includes(first) || text.endsWith(':') || text.includes(': ')) throw new NotPlain();
  if (!mayBeOther.includes(first) || !notText.test(text)) return { value: text };
  const found = plainNumber.test(text) ? { value: Number(text), source: text } : words.get(text);
  if (found === undefined) throw new NotPlain();
  return found;
}

/** A key that is a text in every reading, none that merges, and none that would be the prototype of an object. */
export function isPlainKey(text: string): boolean {
  return /^[A-Za-z_/][\w./-]{0,200}$/.test(text) && !notText.test(text) && text !== '__proto__';
}
