import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';

import type { AuthIssuer, KeyLocation } from '../../../src/protocol/policies/auth.ts';
import { startUpstream, type Upstream } from './support.ts';

const keySetPath = '/.well-known/jwks.json';

interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** A service that signs tokens and publishes its keys, and can be made to fail at it. */
export interface TestIssuer extends Upstream {
  /** How it answers: with its keys, never, with something else, or with an error. */
  mode: 'good' | 'silent' | 'garbage' | 'error' | 'elsewhere' | 'huge';
  /** How often it has been asked for its keys. */
  readonly asked: () => number;
  /** Signs from now on with a new key, and publishes no other. */
  readonly rotate: (alg: string) => Promise<void>;
  /** A token of the key it has now, good for an hour but for what is said otherwise. */
  readonly token: (claims?: JWTPayload) => Promise<string>;
  readonly rules: (more?: Partial<AuthIssuer>) => AuthIssuer;
}

let keyCount = 0;

async function signingKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  keyCount += 1;
  const kid = `key-${keyCount}`;
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export async function startIssuer(alg = 'ES256'): Promise<TestIssuer> {
  let key = await signingKey(alg);
  let asked = 0;
  const upstream = await startUpstream((request, response) => {
    if (request.url !== keySetPath) return void response.writeHead(404).end();
    asked += 1;
    if (issuer.mode === 'silent') return undefined;
    if (issuer.mode === 'error') return void response.writeHead(500).end('{"keys":[]}');
    // Where it sends to are keys that would do.
    if (issuer.mode === 'elsewhere' && asked === 1) return void response.writeHead(302, { location: keySetPath }).end();
    if (issuer.mode === 'huge') return void response.end(' '.repeat(300_000) + JSON.stringify({ keys: [key.jwk] }));
    if (issuer.mode === 'garbage') return void response.end('<html>');
    response.setHeader('content-type', 'application/jwk-set+json');
    return void response.end(JSON.stringify({ keys: [key.jwk] }));
  });
  const keys: KeyLocation = { kind: 'service', service: 'auth', path: keySetPath };
  const issuer: TestIssuer = {
    ...upstream,
    mode: 'good',
    asked: () => asked,
    rotate: async (next) => {
      key = await signingKey(next);
    },
    token: (claims = {}) => {
      const seconds = Math.floor(Date.now() / 1000);
      return new SignJWT({ iss: 'https://shop.test', aud: 'shop', sub: 'ada', exp: seconds + 3600, ...claims })
        .setProtectedHeader({ alg: key.alg, kid: key.kid })
        .sign(key.privateKey);
    },
    rules: (more = {}) => ({
      keys,
      issuer: 'https://shop.test',
      audience: ['shop'],
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      clockSkewMs: 30_000,
      refreshMs: 600_000,
      keepMs: 86_400_000,
      rolesClaim: ['roles'],
      scopesClaim: ['scope'],
      ...more,
    }),
  };
  return issuer;
}
