import { authModes, tokenAlgorithms } from '../../protocol/policies/auth.ts';
import type { AuthRequirement, GatewayAuth, RouteAuth } from '../../protocol/policies/auth.ts';

/** Makes sure that rules that came over the wire are such; throws with what is wrong, and nothing is let through then. */
export function checkRouteAuth(rules: RouteAuth): void {
  checkRequirement(rules, 'auth');
  requireThat(isObject(rules.methods), 'auth.methods is no mapping');
  for (const [method, requirement] of Object.entries(rules.methods)) checkRequirement(requirement, method);
  requireThat(typeof rules.forwardToken === 'boolean', 'auth.forwardToken is neither true nor false');
}

export function checkGatewayAuth({ issuers, keys }: GatewayAuth): void {
  requireThat(Array.isArray(issuers) && Array.isArray(keys), 'gateway.auth has no lists of issuers and keys');
  for (const rules of issuers) {
    const { issuer, audience, algorithms, keys: place, clockSkewMs, refreshMs, keepMs } = rules;
    requireThat(typeof issuer === 'string' && issuer !== '', 'an issuer has no name');
    requireThat(isTexts(audience) && audience.length > 0, `${issuer} has no audience`);
    requireThat(
      isTexts(algorithms) && algorithms.every(isAlgorithm),
      `${issuer} has algorithms that are not known here`,
    );
    requireThat(isObject(place) && (place.kind === 'url' || place.kind === 'service'), `${issuer} has no keys`);
    requireThat(isTexts(rules.rolesClaim) && isTexts(rules.scopesClaim), `${issuer} has no claims`);
    requireThat([clockSkewMs, refreshMs, keepMs].every(isTime), `${issuer} has times that are none`);
  }
  for (const { name, sha256, roles, scopes } of keys) {
    const isSound = typeof name === 'string' && /^[0-9a-f]{64}$/.test(sha256) && isTexts(roles) && isTexts(scopes);
    requireThat(isSound, 'an API key is none');
  }
}

function checkRequirement(requirement: AuthRequirement, where: string): void {
  requireThat(isObject(requirement) && authModes.includes(requirement.mode), `${where} has no mode that is known here`);
  requireThat(isTexts(requirement.scopes) && isTexts(requirement.roles), `${where} has no lists of scopes and roles`);
  // They go into a header field, between quotes.
  requireThat(
    requirement.scopes.every((scope) => /^[!#-[\]-~]+$/.test(scope)),
    `${where} has a scope that is none`,
  );
}

function isAlgorithm(name: string): boolean {
  return (tokenAlgorithms as readonly string[]).includes(name);
}

function requireThat(condition: boolean, problem: string): void {
  if (!condition) throw new TypeError(problem);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
