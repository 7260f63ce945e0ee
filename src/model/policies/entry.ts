import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenAccess } from '../schema/policies/access.ts';
import type { WrittenRouteAuth } from '../schema/policies/auth.ts';
import { addressList, allowedCalls } from './access.ts';
import { routeAuth } from './auth.ts';

interface WrittenEntry extends WrittenAccess {
  readonly auth?: WrittenRouteAuth | undefined;
}

/** Who is let in, from where, and to what. */
export function entryPolicy(written: WrittenEntry): Pick<RoutePolicy, 'access' | 'allow' | 'auth'> {
  const access = addressList(written.access);
  const allow = allowedCalls(written.allow);
  const auth = routeAuth(written.auth);
  return { ...(access && { access }), ...(allow && { allow }), ...(auth && { auth }) };
}
