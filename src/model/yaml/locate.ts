import { formatPath, type Path } from '../problem.ts';

/** What is known about the text behind one path of a document. */
export interface SourceEntry {
  /** Offset of the key; undefined for items of lists and for the root. */
  readonly key: number | undefined;
  readonly value: number;
  /** A scalar as it was written, before YAML made a number of it. */
  readonly source?: string | undefined;
}

/** Finds the text behind a path. */
export interface SourceMap {
  readonly entry: (path: Path) => SourceEntry | undefined;
  /** Offset of the key or value; of the nearest thing around it when the path leads nowhere. */
  readonly offset: (path: Path, at: 'key' | 'value') => number;
}

/** Makes a source map of entries that were collected under formatted paths. */
export function createSourceMap(entries: ReadonlyMap<string, SourceEntry>): SourceMap {
  const entry = (path: Path): SourceEntry | undefined => entries.get(formatPath(path));
  const offset = (path: Path, at: 'key' | 'value'): number => {
    for (let length = path.length; length >= 0; length--) {
      const found = entry(path.slice(0, length));
      if (found === undefined) continue;
      // What is missing inside a mapping is reported at the mapping's key: its value begins at an unrelated line.
      const wantsKey = at === 'key' || length < path.length;
      return wantsKey ? (found.key ?? found.value) : found.value;
    }
    return 0;
  };
  return { entry, offset };
}

/** Makes a function from offsets of a text to line and column, both counted from 1. */
export function createLineLookup(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) starts.push(index + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
