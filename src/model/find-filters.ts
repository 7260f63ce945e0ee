import { draftFilters } from './filter-drafts.ts';
import { createLineLookup } from './yaml/locate.ts';
import { readDocument } from './yaml/read-document.ts';

/** A filter where `msa.yaml` names it, by line and column. */
export interface PlacedFilter {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Where the text of a valid `msa.yaml` names filters. */
export function findFilters(text: string): readonly PlacedFilter[] {
  const yaml = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const reading = readDocument(yaml);
  if (!reading.ok) return [];
  const { value, sourceMap } = reading.document;
  const position = createLineLookup(yaml);
  return draftFilters(value).map(({ name, path }) => ({ name, ...position(sourceMap.offset(path, 'value')) }));
}
