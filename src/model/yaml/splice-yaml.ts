import {
  Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  stringify,
  visit,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

import { columnOf, commentsAbove, insertLines, isBlankLine, lineStart, nextLine, skipComments } from './yaml-lines.ts';

/*
 * Edits of a YAML text that touch nothing but the lines they mean. The library's own way back to text indents, folds
 * and quotes anew, so these cut and insert by the ranges of the parsed nodes instead.
 */

/** Adds a key as the last of a mapping, in the mapping's own style. The mapping has a key already. */
export function appendPair(text: string, map: YAMLMap, { key, value, step }: NewPair): string {
  const last = map.items.at(-1);
  if (last === undefined) throw new Error('Nothing to append to.');
  if (map.flow === true) return appendToFlow(text, last, `${flowText(key)}: ${flowText(value)}`);
  const column = columnOf(text, startOf(last));
  const at = skipComments(text, nextLine(text, endOf(last)), Math.max(column, 1));
  const lines = blockLines({ [key]: value }, { column, step });
  return insertLines(text, at, isSpaced(text, map) ? ['', ...lines] : lines);
}

/** A key with its value, and by how much a level is indented below another. */
export interface NewPair {
  readonly key: string;
  readonly value: unknown;
  readonly step: number;
}

/** Gives a mapping that is empty, or a key that has no value yet, its first entry. */
export function fillPair(
  text: string,
  parent: YAMLMap,
  { key, value, step, pair }: NewPair & { readonly pair: Pair },
): string {
  const range = valueRange(text, pair);
  if (parent.flow === true) return splice(text, range, ` { ${flowText(key)}: ${flowText(value)} }`);
  const without = splice(text, range, '');
  const column = columnOf(text, startOf(pair));
  const at = skipComments(without, nextLine(without, range.start), column + 1);
  return insertLines(without, at, blockLines({ [key]: value }, { column: column + step, step }));
}

/** Replaces the value of a key on its line, or gives it one. */
export function setValue(text: string, pair: Pair, value: string): string {
  if (isEmpty(pair.value)) return splice(text, valueRange(text, pair), ` ${value}`);
  return splice(text, { start: startOf(pair.value), end: endOf(pair.value) }, value);
}

/** Adds an item as the last of a list, in the list's own style. The list has an item already. */
export function appendItem(text: string, list: YAMLSeq, item: string): string {
  const last = list.items.at(-1);
  if (list.flow === true) return appendToFlow(text, last, flowText(item));
  const dash = dashOf(text, startOf(last));
  const at = skipComments(text, nextLine(text, endOf(last)), columnOf(text, dash) + 1);
  return insertLines(text, at, [`${' '.repeat(columnOf(text, dash))}- ${flowText(item)}`]);
}

/** Removes an entry of a mapping or list with the comments that belong to it. It has other entries. */
export function removeEntry(text: string, collection: YAMLMap | YAMLSeq, index: number): string {
  const entries: readonly unknown[] = collection.items;
  if (collection.flow === true) return removeFromFlow(text, entries, index);
  const entryStart = startOf(entries[index]);
  const marker = isSeq(collection) ? dashOf(text, entryStart) : entryStart;
  const column = columnOf(text, marker);
  let start = commentsAbove(text, lineStart(text, marker), column);
  const end = skipComments(text, nextLine(text, endOf(entries[index])), column + 1);
  // The blank line that set the entry apart goes with it.
  const before = start > 0 ? lineStart(text, start - 1) : start;
  if (start > 0 && isBlankLine(text, before) && isBlankLine(text, end)) start = before;
  const rest = text.slice(end);
  return rest === '' ? trimEnding(text, start) : text.slice(0, start) + rest;
}

/** Takes the only entry out of a mapping, which stays as `{}`. */
export function emptyMapping(text: string, pair: Pair): string {
  if (!isMap(pair.value)) throw new Error('Only a mapping can be emptied.');
  if (pair.value.flow === true) return splice(text, { start: startOf(pair.value), end: endOf(pair.value) }, '{}');
  const colon = text.indexOf(':', endOf(pair.key)) + 1;
  return splice(removeEntry(text, pair.value, 0), { start: colon, end: colon }, ' {}');
}

/** By how many columns this file indents a level; 2 when it has none. */
export function indentStep(text: string, map: YAMLMap): number {
  for (const pair of map.items) {
    if (!isMap(pair.value) || pair.value.flow === true || pair.value.items.length === 0) continue;
    const step = columnOf(text, startOf(pair.value.items[0])) - columnOf(text, startOf(pair));
    if (step > 0) return step;
  }
  return 2;
}

/** Where the text of an entry ends, without comments and blank lines behind it. */
function endOf(entry: unknown): number {
  if (isPair(entry)) return endOf(entry.value ?? entry.key);
  if (isCollection(entry) && entry.flow !== true && entry.items.length > 0) return endOf(entry.items.at(-1));
  return isNode(entry) ? (entry.range?.[1] ?? 0) : 0;
}

function startOf(entry: unknown): number {
  if (isPair(entry)) return startOf(entry.key);
  return isNode(entry) ? (entry.range?.[0] ?? 0) : 0;
}

function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.source === '' && value.type === 'PLAIN');
}

interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The value with the spaces before it; where it would begin when there is none. */
function valueRange(text: string, pair: Pair): TextRange {
  if (isEmpty(pair.value)) {
    const colon = text.indexOf(':', endOf(pair.key)) + 1;
    return { start: colon, end: colon };
  }
  let start = isNode(pair.value) ? startOf(pair.value) : 0;
  while (text[start - 1] === ' ') start -= 1;
  return { start, end: endOf(pair.value) };
}

function dashOf(text: string, itemStart: number): number {
  return text.lastIndexOf('-', itemStart - 1);
}

/** True when the entries stand apart by blank lines, judged by the last two. */
function isSpaced(text: string, map: YAMLMap): boolean {
  const [beforeLast, last] = map.items.slice(-2);
  if (last === undefined || beforeLast === undefined) return false;
  return /\n[ \t]*\r?\n/.test(text.slice(endOf(beforeLast), startOf(last)));
}

function appendToFlow(text: string, last: unknown, entry: string): string {
  const start = lineStart(text, startOf(last));
  const indent = text.slice(start, startOf(last));
  // One entry per line stays one entry per line.
  const gap =
    indent.trim() === '' && start > 0
      ? text.slice(text[start - 2] === '\r' ? start - 2 : start - 1, start) + indent
      : ' ';
  return splice(text, { start: endOf(last), end: endOf(last) }, `,${gap}${entry}`);
}

function removeFromFlow(text: string, entries: readonly unknown[], index: number): string {
  if (index < entries.length - 1)
    return splice(text, { start: startOf(entries[index]), end: startOf(entries[index + 1]) }, '');
  return splice(text, { start: endOf(entries[index - 1]), end: endOf(entries[index]) }, '');
}

function blockLines(
  value: unknown,
  { column, step }: { readonly column: number; readonly step: number },
): readonly string[] {
  const indent = ' '.repeat(column);
  const document = new Document(value);
  visit(document, { Seq: (_key, list) => void (list.flow = list.items.every(isScalar)) });
  return document
    .toString({ indent: step, lineWidth: 0, flowCollectionPadding: false })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : indent + line));
}

export function flowText(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

function trimEnding(text: string, end: number): string {
  return text.endsWith('\n') ? text.slice(0, end) : text.slice(0, end).replace(/\r?\n$/, '');
}

function splice(text: string, { start, end }: TextRange, insertion: string): string {
  return text.slice(0, start) + insertion + text.slice(end);
}
