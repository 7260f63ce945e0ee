import { showMatch } from '../../protocol/route-match.ts';
import type { RouteMatch } from '../../protocol/route-match.ts';
import { matchOf } from '../policies/match.ts';
import type { Path } from '../problem.ts';
import type { RouteDraft } from '../workspace-draft.ts';
import { asMapping } from '../yaml/mapping.ts';

/** One match of a route, as it is written. */
export interface MatchDraft {
  /** Of its `path` or `exact`. */
  readonly path: Path;
  readonly text: string;
  readonly match: RouteMatch;
  readonly hosts: readonly string[];
}

/** The matches of a route whose values have the right types. */
export function draftMatches({ value, path }: RouteDraft): readonly MatchDraft[] {
  const host = value['host'];
  const hosts = (Array.isArray(host) ? host : [host]).filter((each) => typeof each === 'string');
  const several = value['matches'];
  if (!Array.isArray(several)) return draftMatch({ value, path }, hosts);
  return several.flatMap((item, index) =>
    draftMatch({ value: asMapping(item) ?? {}, path: [...path, 'matches', index] }, hosts),
  );
}

function draftMatch({ value, path }: RouteDraft, hosts: readonly string[]): readonly MatchDraft[] {
  const key = value['exact'] === undefined ? 'path' : 'exact';
  const text = value[key];
  if (typeof text !== 'string') return [];
  const { methods, headers, query } = value;
  const match = matchOf({
    [key]: text,
    methods: Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : undefined,
    headers: textsOf(headers),
    query: textsOf(query),
  });
  return [{ path: [...path, key], text, match, hosts }];
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(asMapping(value) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/**
 * What tells a match from every other one: a text for each host and method, since those are alternatives. Two matches
 * with one of them in common cannot both be meant.
 */
export function identitiesOf({ match, hosts }: MatchDraft): readonly string[] {
  const { path, exact, methods, headers = {}, query = {} } = match;
  const rest = JSON.stringify([path, exact === true, sorted(headers), sorted(query)]);
  const everyHost = hosts.length === 0 ? [''] : hosts.map((host) => host.toLowerCase());
  return everyHost.flatMap((host) => (methods ?? ['']).map((method) => `${host} ${method} ${rest}`));
}

function sorted(conditions: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(conditions).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

/** A match as messages name it: its path alone where that is all it says. */
export function nameMatch({ text, match, hosts }: MatchDraft): string {
  const isPlain = Object.keys(match).length === 1 && hosts.length === 0;
  return isPlain ? text : showMatch({ ...match, path: text }, hosts);
}
