import type {
  AuthIssuer,
  AuthRequirement,
  GatewayAuth,
  RouteAuth,
  TokenAlgorithm,
} from '../../protocol/policies/auth.ts';
import { tokenAlgorithms } from '../../protocol/policies/auth.ts';
import { defaultValues } from '../schema/default-values.ts';
import type { WrittenGatewayAuth, WrittenIssuer } from '../schema/gateway-auth.ts';
import type { WrittenRouteAuth } from '../schema/policies/auth.ts';
import { parseDurationMs } from '../schema/quantities.ts';

/** What a route asks for; undefined when it asks for nothing. */
export function routeAuth(written: WrittenRouteAuth | undefined): RouteAuth | undefined {
  if (written === undefined || written === 'none') return undefined;
  if (typeof written === 'string') return { ...requirement(written), methods: {}, forwardToken: true };
  const { scopes, roles, methods = {}, others = 'required', forwardToken = true } = written;
  const named = Object.entries(methods).flatMap(([method, each]): [string, AuthRequirement][] =>
    each === undefined ? [] : [[method, requirement(each)]],
  );
  return { mode: others, ...wanted({ scopes, roles }), methods: Object.fromEntries(named), forwardToken };
}

type WrittenRequirement = AuthRequirement['mode'] | Lists;

interface Lists {
  readonly scopes?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
}

function requirement(written: WrittenRequirement): AuthRequirement {
  if (typeof written === 'string') return { mode: written, scopes: [], roles: [] };
  return { mode: 'required', ...wanted(written) };
}

function wanted({ scopes = [], roles = [] }: Lists): Omit<AuthRequirement, 'mode'> {
  return { scopes, roles };
}

/** Whom the gateway believes; keys are filled in by whoever reads their file. */
export function gatewayAuthPolicy(written: WrittenGatewayAuth | null | undefined): GatewayAuth | undefined {
  if (written === undefined || written === null) return undefined;
  return { issuers: (written.issuers ?? []).map((issuer) => authIssuer(issuer)), keys: [] };
}

function authIssuer(written: WrittenIssuer): AuthIssuer {
  const { service = '', path = defaultValues.keySetPath, jwks, issuer, audience = [], algorithms, claims } = written;
  return {
    keys: jwks === undefined ? { kind: 'service', service, path } : { kind: 'url', url: jwks },
    issuer,
    audience: typeof audience === 'string' ? [audience] : audience,
    algorithms: (algorithms ?? defaultValues.tokenAlgorithms).filter(isAlgorithm),
    clockSkewMs: parseDurationMs(written.clockSkew ?? defaultValues.clockSkew),
    refreshMs: parseDurationMs(written.refresh ?? defaultValues.keyRefresh),
    keepMs: parseDurationMs(written.keep ?? defaultValues.keyKeep),
    rolesClaim: claimSteps(claims?.roles ?? defaultValues.rolesClaim),
    scopesClaim: claimSteps(claims?.scopes ?? defaultValues.scopesClaim),
  };
}

/** Dots lead deeper, but not in an address, by which issuers keep names of claims apart. */
function claimSteps(claim: string): readonly string[] {
  return claim.includes('://') ? [claim] : claim.split('.');
}

function isAlgorithm(text: string): text is TokenAlgorithm {
  return (tokenAlgorithms as readonly string[]).includes(text);
}
