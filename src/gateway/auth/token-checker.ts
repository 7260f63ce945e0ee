import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { CryptoKey, JWTPayload, ProtectedHeaderParameters } from 'jose';
import { LRUCache } from 'lru-cache';

import type { AuthIssuer, TokenAlgorithm } from '../../protocol/policies/auth.ts';
import { describeRejection, identityOf } from './claims.ts';
import { Gate } from './gate.ts';
import type { KnownIdentity } from './identity.ts';
import { noKeys, unknownKey } from './key-set.ts';
import type { KeySet } from './key-set.ts';

/** An issuer the gateway knows, and its keys. */
export interface KnownIssuer {
  readonly rules: AuthIssuer;
  readonly keys: KeySet;
}

/** What comes of checking a token. */
export type TokenVerdict =
  | { readonly kind: 'valid'; readonly identity: KnownIdentity }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It can be neither accepted nor rejected now. */
  | { readonly kind: 'unknown'; readonly reason: string };

interface Remembered {
  readonly verdict: TokenVerdict;
  readonly expiresAt: number;
  readonly issuer: KnownIssuer;
  /** Of the issuer's keys. */
  readonly version: number;
}

/** The same that services commonly take for all header fields together, halved. */
const maxTokenLength = 8 * 1024;
const form = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** What a token for access calls itself, if anything (RFC 9068, 2.1). Others are for other purposes (RFC 8725, 3.11). */
const accessTypes: ReadonlySet<unknown> = new Set([
  undefined,
  'jwt',
  'at+jwt',
  'application/at+jwt',
  'application/jwt',
]);

const remembered = { max: 10_000, maxSize: 8 * 1024 * 1024 } as const;
/** Checks run on the four threads of Node's pool. */
const checking = { running: 16, waiting: 512 } as const;

/**
 * Checks tokens, and remembers those that were good by their whole text until they expire or the keys of their issuer
 * change. So a token costs its signature once, and tokens in use are in memory for as long.
 */
export class TokenChecker {
  private issuers: ReadonlyMap<string, KnownIssuer> = new Map();
  private readonly known = new LRUCache<string, Remembered>({
    ...remembered,
    sizeCalculation: (_entry, token) => token.length,
  });
  private readonly pending = new Map<string, Promise<TokenVerdict>>();
  private readonly gate = new Gate(checking);
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** From now on these are believed; by what `iss` says. */
  trust(issuers: ReadonlyMap<string, KnownIssuer>): void {
    this.issuers = issuers;
  }

  /** How many tokens are remembered, and how many are being checked. */
  counts(): object {
    return { remembered: this.known.size, checking: this.pending.size };
  }

  /** The verdict at once when the token is known. */
  check(token: string): TokenVerdict | Promise<TokenVerdict> {
    const entry = this.known.get(token);
    if (entry && this.holds(entry)) return entry.verdict;
    const pending = this.pending.get(token);
    if (pending) return pending;
    const read = readToken(token);
    if (typeof read === 'string') return reject(read);
    const verdict = this.examine(token, read).finally(() => this.pending.delete(token));
    this.pending.set(token, verdict);
    return verdict;
  }

  private holds({ expiresAt, issuer, version }: Remembered): boolean {
    const now = this.now();
    return now < expiresAt && this.issuers.get(issuer.rules.issuer) === issuer && issuer.keys.holds(version, now);
  }

  private async examine(token: string, { header, claims }: ReadToken): Promise<TokenVerdict> {
    const issuer = this.issuers.get(claims.iss ?? '');
    if (!issuer) return reject('The token is of an issuer that is not trusted.');
    const { rules, keys } = issuer;
    if (!isAlgorithmOf(rules, header.alg)) return reject('The token is signed in a way that is not accepted.');
    if (hasExpired(claims, rules, this.now())) return reject(expired);
    const found = await keys.keyFor({ alg: header.alg, ...(header.kid !== undefined && { kid: header.kid }) });
    if (found === noKeys) return { kind: 'unknown', reason: 'The keys of the issuer are not known at the moment.' };
    if (found === unknownKey) return reject('The token is signed with a key that its issuer does not have.');
    const { key, version } = found;
    const verdict = this.gate.run(() => this.verify({ token, key, rules }));
    if (!verdict) return { kind: 'unknown', reason: 'Too many tokens are being checked at the moment.' };
    const { expiresAt, ...rest } = await verdict;
    if (rest.kind === 'valid') this.known.set(token, { verdict: rest, expiresAt, issuer, version });
    return rest;
  }

  private async verify({ token, key, rules }: Examined): Promise<TokenVerdict & { readonly expiresAt: number }> {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: rules.issuer,
        audience: [...rules.audience],
        algorithms: [...rules.algorithms],
        clockTolerance: rules.clockSkewMs / 1000,
        currentDate: new Date(this.now()),
        requiredClaims: ['exp'],
      });
      const identity = identityOf(payload, rules);
      if (typeof identity === 'string') return { ...reject(identity), expiresAt: 0 };
      return { kind: 'valid', identity, expiresAt: (payload.exp ?? 0) * 1000 + rules.clockSkewMs };
    } catch (error) {
      return { ...reject(describeRejection(error)), expiresAt: 0 };
    }
  }
}

interface ReadToken {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

interface Examined {
  readonly token: string;
  readonly key: CryptoKey;
  readonly rules: AuthIssuer;
}

/** What a token says of itself, of which nothing is proved; a text when it is none that could be accepted. */
function readToken(token: string): ReadToken | string {
  if (token.length > maxTokenLength) return 'The token is too long.';
  if (!form.test(token)) return 'The token has not the form of a signed one.';
  try {
    const header = decodeProtectedHeader(token);
    const typ: unknown = header.typ;
    if (!accessTypes.has(typeof typ === 'string' ? typ.toLowerCase() : typ)) return 'The token is not for access.';
    if (header.kid !== undefined && typeof header.kid !== 'string') return 'The token cannot be read.';
    return { header, claims: decodeJwt(token) };
  } catch {
    return 'The token cannot be read.';
  }
}

const expired = 'The token has expired.';

/** Said before anything is spent on the signature: programs go on with a token that was good for a while. */
function hasExpired({ exp }: JWTPayload, { clockSkewMs }: AuthIssuer, now: number): boolean {
  return typeof exp === 'number' && exp * 1000 + clockSkewMs <= now;
}

function isAlgorithmOf({ algorithms }: AuthIssuer, alg: unknown): alg is TokenAlgorithm {
  return (algorithms as readonly unknown[]).includes(alg);
}

function reject(reason: string): { readonly kind: 'rejected'; readonly reason: string } {
  return { kind: 'rejected', reason };
}
