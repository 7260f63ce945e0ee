import { errors } from 'jose';
import type { JWTPayload } from 'jose';

import type { AuthIssuer } from '../../protocol/policies/auth.ts';
import { withFields } from './identity.ts';
import type { KnownIdentity } from './identity.ts';

const maxNameLength = 256;
const maxListed = 200;

/** What a checked token says of who sent it; a text instead when it names nobody, or what must not be believed of it. */
export function identityOf(
  claims: JWTPayload,
  { issuer, rolesClaim, scopesClaim }: AuthIssuer,
): KnownIdentity | string {
  // Whoever stole it could not use it elsewhere; here, where nobody asks for the key, he could.
  if (claims['cnf'] !== undefined) return 'The token is bound to a key that the gateway does not ask for.';
  const client = nameIn(claims['client_id']) ?? nameIn(claims['azp']);
  const subject = nameIn(claims.sub) ?? client;
  if (subject === undefined) return 'The token names nobody.';
  return withFields({
    kind: 'user',
    subject,
    consumer: client,
    issuer,
    roles: listIn(claims, rolesClaim),
    scopes: listIn(claims, scopesClaim),
  });
}

function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxNameLength ? value : undefined;
}

/** A list of texts, or a text with spaces between them, at the end of a path of keys. */
function listIn(claims: JWTPayload, path: readonly string[]): readonly string[] {
  let value: unknown = claims;
  for (const key of path) value = ownMember(value, key);
  const items: readonly unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return items.slice(0, maxListed).filter((item): item is string => nameIn(item) !== undefined);
}

function ownMember(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Why a token is not accepted, for its sender: what is wrong, never what it says. */
export function describeRejection(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return describeClaim(error.claim);
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature does not fit.';
  if (error instanceof errors.JOSENotSupported) return 'The token asks for something the gateway does not know.';
  return 'The token cannot be read.';
}

function describeClaim(claim: string): string {
  switch (claim) {
    case 'nbf':
      return 'The token is not valid yet.';
    case 'aud':
      return 'The token is meant for somebody else.';
    case 'exp':
      return 'The token does not say when it expires.';
    default:
      return 'What the token says does not hold.';
  }
}
