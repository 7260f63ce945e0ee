/** What a range asks for, before git is asked what its names mean. */
export type RangeRequest =
  /** From where this branch left the default branch to what stands on disk. */
  | { readonly kind: 'branch' }
  | { readonly kind: 'disk'; readonly from: string }
  | { readonly kind: 'commits'; readonly from: string; readonly to: string; readonly fromMergeBase: boolean }
  /** There was nothing before; without `to`, up to what stands on disk. */
  | { readonly kind: 'everything'; readonly to: string | undefined };

/** What systems of CI give as the commit before the first push of a branch. */
const noCommit = /^0{40}(?:0{24})?$/;

/** Reads `A..B`, `A...B` and `A` as git does; a side left out is HEAD. */
export function parseRange(text: string | undefined): RangeRequest {
  if (text === undefined) return { kind: 'branch' };
  const [, start = text, dots, end = ''] = /^(.*?)(\.{2,3})(.*)$/s.exec(text) ?? [];
  if (dots === undefined) return noCommit.test(text) ? everything(undefined) : { kind: 'disk', from: text };
  const [from, to] = [start || 'HEAD', end || 'HEAD'];
  if (noCommit.test(from)) return everything(to);
  return { kind: 'commits', from, to, fromMergeBase: dots === '...' };
}

function everything(to: string | undefined): RangeRequest {
  return { kind: 'everything', to };
}
