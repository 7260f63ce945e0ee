import { readTarget } from '../http/normal-path.ts';

/** A template cut into segments: a text, a single parameter, or texts with parameters between them. */
type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'whole'; readonly name: string }
  | { readonly kind: 'mixed'; readonly pieces: readonly string[]; readonly names: readonly string[] };

interface Row<Value> {
  readonly segments: readonly Segment[];
  readonly value: Value;
}

export interface PathMatch<Value> {
  readonly value: Value;
  /** As they stand in the path, still encoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Path templates of OpenAPI, of which the most definite one that fits is found. */
export class PathTable<Value> {
  private readonly byLength = new Map<number, Row<Value>[]>();

  constructor(templates: Iterable<readonly [template: string, value: Value]>) {
    for (const [template, value] of templates) {
      const segments = template.split('/').slice(1).map(readSegment);
      const rows = this.byLength.get(segments.length) ?? [];
      rows.push({ segments, value });
      this.byLength.set(segments.length, rows);
    }
    for (const rows of this.byLength.values()) rows.sort((left, right) => compareRows(left, right));
  }

  /** The path is in normal form. */
  find(path: string): PathMatch<Value> | undefined {
    const segments = path.split('/').slice(1);
    for (const row of this.byLength.get(segments.length) ?? []) {
      const parameters = matchRow(row.segments, segments);
      if (parameters) return { value: row.value, parameters };
    }
    return undefined;
  }
}

function readSegment(text: string): Segment {
  const pieces = text.split(/\{[^{}]*\}/).map(normalText);
  const names = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return { kind: 'text', text: pieces[0] ?? '' };
  if (names.length === 1 && pieces.every((piece) => piece === '')) return { kind: 'whole', name: names[0] ?? '' };
  return { kind: 'mixed', pieces, names };
}

/** In the form in which paths of requests are. */
function normalText(text: string): string {
  const target = readTarget(`/${encodeText(text)}`);
  return 'path' in target && target.query === '' ? target.path.slice(1) : text;
}

/** Escapes that are there already stay. */
function encodeText(text: string): string {
  try {
    return encodeURI(text).replaceAll('%25', '%');
  } catch {
    // Half of a surrogate pair, which no path has.
    return text;
  }
}

const ranks = { text: 0, mixed: 1, whole: 2 } as const;

/** Concrete segments come before parameters, from the left. */
function compareRows(left: Row<unknown>, right: Row<unknown>): number {
  for (const [index, segment] of left.segments.entries()) {
    const difference = ranks[segment.kind] - ranks[right.segments[index]?.kind ?? 'whole'];
    if (difference !== 0) return difference;
  }
  return 0;
}

function matchRow(row: readonly Segment[], segments: readonly string[]): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const [index, segment] of row.entries()) {
    const text = segments[index] ?? '';
    if (segment.kind === 'text') {
      if (segment.text !== text) return undefined;
    } else if (segment.kind === 'whole') {
      if (text === '') return undefined;
      parameters.set(segment.name, text);
    } else if (!matchMixed(segment, text, parameters)) return undefined;
  }
  return parameters;
}

/** Each parameter is as short as can be, and not empty; what the last one takes must reach the end. */
function matchMixed(
  { pieces, names }: Extract<Segment, { kind: 'mixed' }>,
  text: string,
  parameters: Map<string, string>,
): boolean {
  const [first = '', ...others] = pieces;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const [index, piece] of others.entries()) {
    const isLast = index === others.length - 1;
    const end = isLast ? text.length - piece.length : text.indexOf(piece, from + 1);
    if (end <= from || !text.startsWith(piece, end)) return false;
    parameters.set(names[index] ?? '', text.slice(from, end));
    from = end + piece.length;
  }
  return true;
}
