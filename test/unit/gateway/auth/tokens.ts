import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTHeaderParameters, JWTPayload } from 'jose';

import type { KnownIdentity } from '../../../../src/gateway/auth/identity.ts';
import { KeySet } from '../../../../src/gateway/auth/key-set.ts';
import { TokenChecker } from '../../../../src/gateway/auth/token-checker.ts';
import type { AuthIssuer } from '../../../../src/protocol/policies/auth.ts';

export const issuerName = 'https://auth.shop.test';
export const cooldownMs = 5000;
export const startMs = 1_800_000_000_000;

export interface KeyPair {
  readonly privateKey: CryptoKey;
  /** The public half, as an issuer publishes it. */
  readonly jwk: JWK;
}

export async function keyPair(alg: string, kid: string): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export function rules(more: Partial<AuthIssuer> = {}): AuthIssuer {
  return {
    keys: { kind: 'service', service: 'auth', path: '/.well-known/jwks.json' },
    issuer: issuerName,
    audience: ['shop'],
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    clockSkewMs: 30_000,
    refreshMs: 600_000,
    keepMs: 86_400_000,
    rolesClaim: ['roles'],
    scopesClaim: ['scope'],
    ...more,
  };
}

export interface Signing {
  readonly claims?: JWTPayload;
  readonly header?: Partial<JWTHeaderParameters>;
  /** What is left out of the claims that a good token has. */
  readonly without?: string;
}

/** A token that is good for an hour, but for what is said otherwise. */
export function sign(
  { privateKey, jwk }: KeyPair,
  { claims = {}, header = {}, without }: Signing = {},
): Promise<string> {
  const seconds = startMs / 1000;
  const good: JWTPayload = { iss: issuerName, aud: 'shop', sub: 'ada', exp: seconds + 3600, iat: seconds, ...claims };
  if (without !== undefined) delete good[without];
  const { alg = '', kid = '' } = jwk;
  return new SignJWT(good).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
}

export interface Bench {
  readonly checker: TokenChecker;
  /** What the issuer publishes; an error is thrown instead. */
  published: unknown;
  /** How often it has been asked. */
  readonly asked: () => number;
  /** The clock on the wall. */
  now: number;
  readonly failures: string[];
  /** The user of a token, or why there is none. */
  readonly userOf: (token: string) => Promise<string>;
  readonly identityOf: (token: string) => Promise<KnownIdentity>;
}

/** A checker that trusts one issuer, whose keys and clock are at hand. */
export function bench(keys: readonly JWK[], more: Partial<AuthIssuer> = {}): Bench {
  let asked = 0;
  const failures: string[] = [];
  const checker = new TokenChecker(() => it.now);
  const issuer = rules(more);
  const fetch = (): Promise<unknown> => {
    asked += 1;
    const { published } = it;
    return published instanceof Error ? Promise.reject(published) : Promise.resolve(published);
  };
  const parts = { fetch, now: () => it.now, refreshMs: issuer.refreshMs, keepMs: issuer.keepMs, cooldownMs };
  const it: Bench = {
    checker,
    published: { keys },
    asked: () => asked,
    now: startMs,
    failures,
    userOf: async (token) => {
      const verdict = await checker.check(token);
      return verdict.kind === 'valid' ? verdict.identity.subject : `${verdict.kind}: ${verdict.reason}`;
    },
    identityOf: async (token) => {
      const verdict = await checker.check(token);
      if (verdict.kind !== 'valid') throw new Error(verdict.reason);
      return verdict.identity;
    },
  };
  const keySet = new KeySet({ ...parts, onFailure: (reason) => failures.push(reason) });
  checker.trust(new Map([[issuer.issuer, { rules: issuer, keys: keySet }]]));
  return it;
}

/** A token put together by hand. */
export function forge(header: object, claims: object, signature: string): string {
  return `${encode(header)}.${encode(claims)}.${signature}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
