import { matchesOf } from './route-match.ts';
import type { RouteMatch } from './route-match.ts';
import type { SystemRoute } from './system.ts';

/** The services that requests of a route may go to; none where the gateway answers by itself, or with what several say. */
export function servicesOf({ service, policy = {} }: SystemRoute): readonly string[] {
  if (policy.redirect || policy.respond || policy.aggregate) return [];
  // What another version may have sent is no list, perhaps; the gateway says so where it compiles it.
  if (policy.split)
    return Array.from(policy.split)
      .filter(({ weight }) => weight > 0)
      .map((share) => share.service);
  return service === undefined ? [] : [service];
}

/** The matches of a route that a GET of the path alone is enough for, if the route takes its host. */
export function openMatches(route: SystemRoute): readonly RouteMatch[] {
  return matchesOf(route).filter(
    ({ methods, headers, query }) => (methods?.includes('GET') ?? true) && headers === undefined && query === undefined,
  );
}

/** The route that takes a GET of this path, of those that take its host: by the exact path, or the longest that it lies below. */
export function routeAt(routes: readonly SystemRoute[], path: string): SystemRoute | undefined {
  const [plain = ''] = path.split('?');
  const fitting = routes.flatMap((route) =>
    openMatches(route)
      .filter((match) => fits(match, plain))
      .map((match) => ({ route, rank: match.exact ? Infinity : match.path.length })),
  );
  const [best] = fitting.toSorted((left, right) => (left.rank === right.rank ? 0 : right.rank - left.rank));
  return best?.route;
}

function fits({ path, exact }: RouteMatch, asked: string): boolean {
  if (asked === path) return true;
  return exact !== true && asked.startsWith(path === '/' ? path : `${path}/`);
}
