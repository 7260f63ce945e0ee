import { problem } from '../problem.ts';
import type { Item, ListQuery, Store } from '../store.ts';

export interface Page {
  readonly items: readonly Item[];
  readonly page: { readonly size: number; readonly hasMore: boolean };
  /** The neighbouring pages there are, as query strings. */
  readonly links: readonly { readonly rel: string; readonly query: string }[];
}

/** Where a page begins, seen from an item that is not on it. */
type Position = Pick<ListQuery, 'after' | 'before'>;

const defaultLimit = 20;
const maxLimit = 100;

/** Reads one page, oldest first. Pages are anchored at ids, so they stay put while items come and go. */
export async function listPage(store: Store, query: Readonly<Record<string, unknown>>): Promise<Page> {
  const limit = readLimit(query['limit']);
  const position = readCursor(query['cursor']);
  // One more than asked for tells whether there is another page.
  const found = await store.list({ ...position, limit: limit + 1 });
  const isBackward = position.before !== undefined;
  const items = isBackward ? found.slice(-limit) : found.slice(0, limit);
  const isCut = found.length > limit;
  const hasNext = isBackward || isCut;
  const hasPrev = isBackward ? isCut : position.after !== undefined;
  const first = items[0]?.id ?? position.after ?? '';
  const last = items.at(-1)?.id ?? position.before ?? '';
  const at = (cursor: Position): string => `?limit=${limit}&cursor=${writeCursor(cursor)}`;
  return {
    items,
    page: { size: items.length, hasMore: hasNext },
    links: [
      {
        rel: 'self',
        query: `?limit=${limit}${query['cursor'] === undefined ? '' : `&cursor=${writeCursor(position)}`}`,
      },
      { rel: 'first', query: `?limit=${limit}` },
      ...(hasPrev ? [{ rel: 'prev', query: at({ before: first }) }] : []),
      ...(hasNext ? [{ rel: 'next', query: at({ after: last }) }] : []),
    ],
  };
}

function readLimit(given: unknown): number {
  if (given === undefined) return defaultLimit;
  const limit = typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  throw invalidParameter('limit', `must be a whole number from 1 to ${maxLimit}`);
}

function writeCursor({ after, before }: Position): string {
  return Buffer.from(after === undefined ? `<${before}` : `>${after}`).toString('base64url');
}

function readCursor(given: unknown): Position {
  if (given === undefined) return {};
  const text = typeof given === 'string' ? Buffer.from(given, 'base64url').toString() : '';
  const match = /^([<>])(\w{1,100})$/.exec(text);
  if (!match?.[2]) throw invalidParameter('cursor', 'must be taken from a link of another page');
  return match[1] === '>' ? { after: match[2] } : { before: match[2] };
}

function invalidParameter(name: string, detail: string) {
  return problem('invalid-request', `The parameter "${name}" ${detail}.`, {
    members: { errors: [{ pointer: `#/${name}`, detail }] },
  });
}
