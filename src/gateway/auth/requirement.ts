import type { AuthRequirement, RouteAuth } from '../../protocol/policies/auth.ts';
import type { Identity } from '../pipeline/identity.ts';

/** Says which requirement holds for a method; HEAD asks for what GET does, because it shows what GET would. */
export function requirementsOf(policy: RouteAuth): (method: string) => AuthRequirement {
  const methods = new Map(Object.entries(policy.methods));
  const get = methods.get('GET');
  if (get && !methods.has('HEAD')) methods.set('HEAD', get);
  if (methods.size === 0) return () => policy;
  return (method) => methods.get(method) ?? policy;
}

/** Whether a route asks for nothing whatever the method, so that nothing need be looked at. */
export function asksForNothing({ mode, methods }: RouteAuth): boolean {
  return mode === 'none' && Object.values(methods).every((requirement) => requirement.mode === 'none');
}

/** What somebody who is known lacks for a request. */
export type Lack =
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'roles'; readonly roles: readonly string[] };

/** Undefined when nothing is lacking: all of the scopes are there, and one of the roles. */
export function findLack(identity: Identity, { scopes, roles }: AuthRequirement): Lack | undefined {
  if (!scopes.every((scope) => identity.scopes.includes(scope))) return { kind: 'scopes', scopes };
  if (roles.length > 0 && !roles.some((role) => identity.roles.includes(role))) return { kind: 'roles', roles };
  return undefined;
}
