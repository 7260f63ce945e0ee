/** What a request shows of who it is from. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'key'; readonly key: string }
  /** It cannot be said which of them counts, or what they are. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** What is looked for: what nobody is believed for is the service's own affair. */
export interface Accepted {
  readonly tokens: boolean;
  readonly keys: boolean;
}

const none: Credentials = { kind: 'none' };

/**
 * Finds the token or key among the fields of a request. Two of them, of one kind or of both, are none: the service might
 * take the other one. A scheme other than Bearer is the service's own affair.
 */
export function readCredentials(fields: readonly string[], { tokens, keys }: Accepted): Credentials {
  const authorization = tokens ? valueOf(fields, 'authorization') : undefined;
  if (authorization === twice) return invalid('There are two Authorization fields.');
  const key = keys ? valueOf(fields, 'x-api-key') : undefined;
  if (key === twice) return invalid('There are two X-API-Key fields.');
  const token = authorization === undefined ? undefined : bearerToken(authorization);
  if (token !== undefined && key !== undefined) return invalid('There are a token and an API key; send one of them.');
  if (token !== undefined) return { kind: 'token', token };
  return key === undefined ? none : { kind: 'key', key };
}

const twice = Symbol('twice');
const space = 0x20;
const tab = 0x09;

function valueOf(fields: readonly string[], wanted: string): string | typeof twice | undefined {
  let value: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    // Most names have another length, which costs less to see.
    if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
    if (value !== undefined) return twice;
    value = fields[index + 1] ?? '';
  }
  return value;
}

function bearerToken(authorization: string): string | undefined {
  if (authorization.length < 6 || authorization.slice(0, 6).toLowerCase() !== 'bearer') return undefined;
  // "Bearer" alone is a token that was left out, not another scheme. A tab is none either, but services may take it for a space.
  const isScheme =
    authorization.length === 6 || authorization.charCodeAt(6) === space || authorization.charCodeAt(6) === tab;
  return isScheme ? authorization.slice(7).trim() : undefined;
}

function invalid(reason: string): Credentials {
  return { kind: 'invalid', reason };
}
