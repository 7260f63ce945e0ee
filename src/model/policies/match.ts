import type { RouteMatch, RouteMatches } from '../../protocol/route-match.ts';
import type { WrittenMatch } from '../schema/policies/match.ts';
import { normalizeRoutePath } from '../schema/route-path.ts';
import type { WrittenRoute } from '../schema/route-schema.ts';

/** Which requests a route takes; one that asks for no more than a path says no more than that. */
export function matchesOfRoute(written: WrittenRoute): RouteMatches {
  const { host, matches: several, ...own } = written;
  const [first, ...others] = (several ?? [own]).map(matchOf);
  // checkRoutes has made sure that there is one.
  if (!first) throw new Error('A route takes something.');
  const isPlain = others.length === 0 && Object.keys(first).length === 1;
  const hosts = typeof host === 'string' ? [host] : host;
  return {
    path: first.path,
    ...(hosts && { hosts: hosts.map((each) => each.toLowerCase()) }),
    ...(!isPlain && { matches: [first, ...others] }),
  };
}

/** Also of one that is not right yet, so that checks can compare it with others. */
export function matchOf({ path, exact, methods, headers, query }: WrittenMatch): RouteMatch {
  const fields = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const parameters = Object.entries(query ?? {});
  return {
    path: exact ?? normalizeRoutePath(path ?? '/'),
    ...(exact !== undefined && { exact: true }),
    ...(methods && methods.length > 0 && { methods }),
    ...(fields.length > 0 && { headers: Object.fromEntries(fields) }),
    ...(parameters.length > 0 && { query: Object.fromEntries(parameters) }),
  };
}
