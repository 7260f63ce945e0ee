import type { AuthRequirement } from '../../protocol/policies/auth.ts';
import type { RoutePolicy } from '../../protocol/policy.ts';

interface Guarded {
  readonly policy?: RoutePolicy;
}

/** Whether not everybody is let in everywhere. */
export function asksAnything({ policy }: Guarded): boolean {
  return policy?.auth !== undefined || policy?.access !== undefined || policy?.allow !== undefined;
}

/** Who is let in by a route or a call, in a few words. */
export function renderEntry({ auth, access, allow }: RoutePolicy = {}): string {
  const methods = Object.entries(auth?.methods ?? {}).map(([method, each]) => `${method}: ${renderRequirement(each)}`);
  const words = [
    ...(auth === undefined ? [] : [renderRequirement(auth), ...methods]),
    ...(allow === undefined ? [] : [allow.map(({ method = 'any', path }) => `${method} ${path}`).join(', ')]),
    ...(access === undefined ? [] : ['address']),
  ];
  return words.length === 0 ? '-' : words.join('; ');
}

function renderRequirement({ mode, scopes, roles }: AuthRequirement): string {
  if (mode !== 'required') return mode === 'none' ? 'nothing' : 'token, optional';
  const wanted = [...scopes, ...(roles.length === 0 ? [] : [roles.join(' or ')])];
  return wanted.length === 0 ? 'token' : `token with ${wanted.join(', ')}`;
}
