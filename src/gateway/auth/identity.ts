import { headers } from '../../protocol/headers.ts';
import type { Identity } from '../pipeline/identity.ts';

/** An identity as it is remembered. */
export interface KnownIdentity extends Identity {
  /** What a service is told of it: header fields, name and value in turn. */
  readonly fields: readonly string[];
}

/** Gives an identity the fields that tell services of it; made once, sent often. */
export function withFields(identity: Identity): KnownIdentity {
  const { subject, consumer, issuer, roles, scopes } = identity;
  const fields = [headers.user, encode(subject), headers.consumer, encode(consumer ?? subject)];
  if (issuer !== undefined) fields.push(headers.issuer, encode(issuer));
  if (roles.length > 0) fields.push(headers.roles, roles.map(encode).join(','));
  if (scopes.length > 0) fields.push(headers.scopes, scopes.map(encode).join(' '));
  return { ...identity, fields };
}

/**
 * A text as part of a header field: what is no letter, digit or harmless punctuation is percent-encoded as UTF-8, so no
 * name ends a line, an element of a list, or the text a service compares it with.
 */
function encode(text: string): string {
  // Through bytes, because half a surrogate pair is a text in JSON and none in UTF-8.
  return encodeURIComponent(Buffer.from(text).toString())
    .replaceAll(/%(?:3A|2F|40|2B|3D|7C)/g, (escape) => decodeURIComponent(escape))
    .replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
