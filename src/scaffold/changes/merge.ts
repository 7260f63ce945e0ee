import { mergeDiff3 } from 'node-diff3';

export interface Merged {
  readonly text: string;
  readonly hasConflicts: boolean;
}

/** What three-way merging needs: the text last generated, the user's, and the one generated now. */
export interface Versions {
  readonly base: string;
  readonly mine: string;
  readonly next: string;
}

const labels = { a: 'yours', o: 'generated before', b: 'generated now' };

/**
 * Brings the user's text to the new template. Where both changed the same lines, both stand in the result between the
 * markers every editor knows, with what was generated before. Lines end as most of the user's do, and the file ends
 * with a newline or not as whoever changed that wants it.
 */
export function mergeTexts({ base, mine, next }: Versions): Merged {
  const merged: { readonly conflict: boolean; readonly result: readonly string[] } = mergeDiff3(
    linesOf(mine),
    linesOf(base),
    linesOf(next),
    { label: labels },
  );
  const decides = endsWithNewline(mine) === endsWithNewline(base) ? next : mine;
  const ending = mostUsedEnding(mine);
  const text = merged.result.join(ending) + (merged.result.length > 0 && endsWithNewline(decides) ? ending : '');
  return { text, hasConflicts: merged.conflict };
}

/** The final newline is no line: whether it is there is merged apart, and never a conflict. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function endsWithNewline(text: string): boolean {
  return text.endsWith('\n');
}

function mostUsedEnding(text: string): string {
  const all = text.split('\n').length - 1;
  const withReturn = text.split('\r\n').length - 1;
  return withReturn * 2 > all ? '\r\n' : '\n';
}
