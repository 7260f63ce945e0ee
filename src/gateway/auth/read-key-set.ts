import type { JSONWebKeySet, JWK } from 'jose';
import { isRecord } from '../json/json-paths.ts';

/** More than any issuer has at a time. */
const maxKeys = 100;
/** Base64url digits of 2048 bits; shorter RSA keys are not to be used (RFC 7518, 3.3). */
const minModulusDigits = 342;

/** What of a key is public and says what it is for; everything else stays behind. */
const members = ['kty', 'kid', 'alg', 'use', 'key_ops', 'n', 'e', 'crv', 'x', 'y'] as const;
/** What only the owner of a key may know. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/**
 * Takes the keys that can check signatures out of a document an issuer has published. Keys for other things are left
 * out, and those whose secret part is published along with them: they prove nothing. Throws when the document is no key
 * set, or one in which nothing is of use; a set that says it is empty is believed.
 */
export function readKeySet(document: unknown): JSONWebKeySet {
  const listed = isRecord(document) ? document['keys'] : undefined;
  if (!Array.isArray(listed)) throw new TypeError('it is no key set');
  if (listed.length > maxKeys) throw new RangeError(`it has more than ${maxKeys} keys`);
  const keys = listed.filter(isRecord).filter(isUsable).map(publicPart);
  if (keys.length === 0 && listed.length > 0) throw new TypeError('none of its keys can check signatures');
  return { keys };
}

function isUsable(key: Readonly<Record<string, unknown>>): boolean {
  const { kty, use, n } = key;
  if (secretMembers.some((member) => key[member] !== undefined)) return false;
  if (use !== undefined && use !== 'sig') return false;
  if (kty === 'RSA') return typeof n === 'string' && n.length >= minModulusDigits;
  return kty === 'EC' || kty === 'OKP';
}

function publicPart(key: Readonly<Record<string, unknown>>): JWK {
  const part: JWK = {};
  for (const member of members) if (key[member] !== undefined) Object.assign(part, { [member]: key[member] });
  return part;
}
