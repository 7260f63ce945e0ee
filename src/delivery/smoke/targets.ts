import { matchesOf, nameRoute, type RouteMatch } from '../../protocol/route-match.ts';
import { servicesOf } from '../../protocol/route-services.ts';
import type { System, SystemRoute } from '../../protocol/system.ts';
import { wantedValues } from './client-values.ts';
import { rulesOf, type AnswerRules } from './rules.ts';

/** A public address that is to be tried, or why it is not. */
export interface SmokeTarget {
  /** `GET /orders`, `GET api.example.com/orders [x-tenant]`; values of header fields are left out. */
  readonly name: string;
  /** Those it leads to; none where the gateway answers by itself. */
  readonly services: readonly string[];
  readonly route: SystemRoute;
  readonly plan: SmokePlan;
}

type SmokePlan =
  | { readonly kind: 'request'; readonly request: SmokeRequest; readonly rules: AnswerRules }
  | { readonly kind: 'untried'; readonly reason: string };

interface SmokeRequest {
  /** Undefined: the gateway's own. */
  readonly host: string | undefined;
  /** Path and query. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
}

interface Wish {
  /** Empty: every route, also those at which the gateway answers by itself. */
  readonly services: readonly string[];
  /** Services of which no instance is meant to run. */
  readonly resting: ReadonlySet<string>;
}

/** Every public address of a system that leads to one of these services, alone or together with others. */
export function findTargets(system: System, { services, resting }: Wish): readonly SmokeTarget[] {
  return system.routes.flatMap((route) => {
    const reached = reachedBy(route);
    if (services.length > 0 && !reached.some((service) => services.includes(service))) return [];
    return matchesOf(route).map((match): SmokeTarget => {
      const name = nameRoute({ path: match.path, matches: [{ ...match, methods: [] }], hosts: route.hosts ?? [] });
      const reason = findObstacle(route, match, { system, resting });
      const plan: SmokePlan =
        reason === undefined
          ? { kind: 'request', request: requestFor(route, match), rules: rulesOf(route, system.gateway) }
          : { kind: 'untried', reason };
      return { name: `GET ${name}`, services: reached, route, plan };
    });
  });
}

function reachedBy(route: SystemRoute): readonly string[] {
  const parts = route.policy?.aggregate?.calls.map(({ service }) => service) ?? [];
  return [...new Set([...servicesOf(route), ...parts])];
}

interface Surroundings {
  readonly system: System;
  readonly resting: ReadonlySet<string>;
}

/** Why a plain GET would say nothing of the route. */
function findObstacle(route: SystemRoute, match: RouteMatch, { system, resting }: Surroundings): string | undefined {
  const { methods } = match;
  if (methods !== undefined && methods.length > 0 && !methods.includes('GET'))
    return `it takes only ${methods.join(', ')}`;
  const reached = reachedBy(route);
  if (reached.length > 0 && reached.every((service) => resting.has(service)))
    return `no instance of ${reached.join(', ')} is meant to run`;
  const spoken = system.services.find(({ name, protocol }) => protocol === 'h2c' && servicesOf(route).includes(name));
  if (spoken !== undefined) return `${spoken.name} speaks HTTP/2 without TLS, as gRPC does`;
  const wanted = route.policy?.aggregate === undefined ? [] : wantedValues(route.policy.aggregate);
  return wanted.length === 0 ? undefined : `it asks for ${wanted.join(', ')}`;
}

function requestFor({ hosts }: SystemRoute, { path, headers = {}, query = {} }: RouteMatch): SmokeRequest {
  const parameters = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return {
    // Any host below a wildcard will do.
    host: hosts?.[0]?.replace(/^\*\./, 'smoke.'),
    path: [path, ...(parameters.length === 0 ? [] : [parameters.join('&')])].join('?'),
    headers: Object.entries(headers),
  };
}
