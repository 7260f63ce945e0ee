import type { GatewayPolicy } from '../../protocol/policy.ts';
import { servicesOf } from '../../protocol/route-services.ts';
import type { SystemRoute } from '../../protocol/system.ts';
import { partsToLack } from './client-values.ts';

/** What an answer of a route may be, by what the route says of itself. */
export interface AnswerRules {
  /** Whose instances may give it; empty: anybody's. */
  readonly services: readonly string[];
  /** Whether the gateway may give it by itself. */
  readonly ownAnswer: boolean;
  /** The status that the route itself declares. */
  readonly declared?: number;
  /** Parts that an answer made of several may lack. */
  readonly mayLack: ReadonlySet<string>;
  /** Why the gateway may refuse a plain GET: its own words for it, and what they mean here. */
  readonly guards: ReadonlyMap<string, string>;
}

/** Of addresses that no route has: pages of the gateway itself. */
export const ownPageRules: AnswerRules = { services: [], ownAnswer: true, mayLack: new Set(), guards: new Map() };

export function rulesOf(route: SystemRoute, gateway: GatewayPolicy | undefined): AnswerRules {
  const { redirect, respond, aggregate, filters, cache } = route.policy ?? {};
  const isOwn = [redirect, respond, aggregate, filters, cache].some((policy) => policy !== undefined);
  const mayLack = aggregate === undefined ? new Set<string>() : partsToLack(aggregate);
  const rules = { services: servicesOf(route), ownAnswer: isOwn, mayLack, guards: guardsOf(route, gateway) };
  return respond === undefined ? rules : { ...rules, declared: respond.status };
}

function guardsOf({ policy = {} }: SystemRoute, gateway: GatewayPolicy | undefined): ReadonlyMap<string, string> {
  const { auth, rateLimit, filters, validate } = policy;
  const asked = auth?.methods['GET'] ?? auth;
  const isGuarded = asked !== undefined && asked.mode !== 'none';
  const lists = [policy.access, gateway?.access?.public];
  const guards: readonly (readonly [boolean, string, string])[] = [
    [isGuarded, 'authentication-required', 'it asks for a token or a key'],
    [isGuarded, 'invalid-token', 'it does not accept the token or key'],
    [isGuarded, 'not-permitted', 'the token or key does not permit it'],
    [lists.some((list) => list !== undefined), 'address-not-allowed', 'it is open to certain addresses only'],
    [rateLimit !== undefined, 'too-many-requests', 'its limit is used up'],
    [filters !== undefined, 'filter-refused', 'a filter refuses it'],
    [validate?.request === true, 'invalid-message', 'its contract asks for more than the path'],
  ];
  return new Map(guards.filter(([holds]) => holds).map(([, word, meaning]) => [word, meaning]));
}
