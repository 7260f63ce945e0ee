import { matchesOf } from '../../protocol/route-match.ts';
import type { SystemRoute } from '../../protocol/system.ts';
import { isWithin } from '../http/is-within.ts';
import { readTarget } from '../http/normal-path.ts';
import type { GuardedPath } from '../pipeline/feature.ts';
import { looselyRead } from './ambiguous-path.ts';

/** Paths of a route that does not let everybody in. */
interface Guard extends GuardedPath {
  readonly rules: string;
  readonly hosts: readonly string[] | undefined;
}

const nobodyAsked = rulesOf({});

/** What of a system is guarded, by a token or an address. */
export function guardsOf(routes: readonly SystemRoute[]): readonly Guard[] {
  return routes.flatMap((route) => {
    const rules = rulesOf(route);
    if (rules === nobodyAsked) return [];
    return matchesOf(route).map(({ path, exact = false }) => ({
      path: exact ? normalPath(path) : normalPath(path).replace(/\/+$/, ''),
      exact,
      rules,
      hosts: route.hosts,
    }));
  });
}

/** The guarded paths that lie below what a route takes, or are the same for other requests, and let in others than it does. */
export function guardsBelow(route: SystemRoute, guards: readonly Guard[]): readonly GuardedPath[] {
  if (guards.length === 0) return [];
  const own = rulesOf(route);
  const prefixes = matchesOf(route).flatMap(({ path, exact }) => (exact ? [] : [looselyRead(normalPath(path))]));
  const paths = new Set(matchesOf(route).map(({ path }) => normalPath(path)));
  return guards
    .filter((guard) => guard.rules !== own && shareHost(guard.hosts, route.hosts))
    .filter(({ path }) => paths.has(path) || prefixes.some((prefix) => isWithin(looselyRead(path), prefix)))
    .map(({ path, exact }) => ({ path, exact }));
}

function rulesOf({ policy }: Pick<SystemRoute, 'policy'>): string {
  return JSON.stringify([policy?.auth ?? null, policy?.access ?? null]);
}

/** Whether there may be a host that both are for. */
function shareHost(some: readonly string[] | undefined, others: readonly string[] | undefined): boolean {
  if (some === undefined || others === undefined) return true;
  return [...some, ...others].some((host) => host.startsWith('*')) || some.some((host) => others.includes(host));
}

function normalPath(path: string): string {
  const target = readTarget(path);
  return 'path' in target ? target.path : path;
}
