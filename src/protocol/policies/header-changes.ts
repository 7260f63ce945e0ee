/** Changes to the fields of a message; names in lower case. */
export interface HeaderChanges {
  /** In place of all fields of the name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Beside those that are there. */
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

export interface HeaderPolicy {
  readonly request?: HeaderChanges;
  readonly response?: HeaderChanges;
}

/** Fields that belong to one connection or say where a message begins and ends (RFC 9110, 7.6.1; RFC 9112, 6). */
const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields by which the gateway tells others what only it can know. */
const gatewayOwn: ReadonlySet<string> = new Set(['forwarded', 'traceparent', 'via', 'x-real-ip', 'x-request-id']);

/** Whether a field, named in lower case, is not for `msa.yaml` to match, set or take away. */
export function isReservedField(name: string): boolean {
  return framing.has(name) || gatewayOwn.has(name) || name.startsWith('x-msa-') || name.startsWith('x-forwarded-');
}

/** Names as RFC 9110, 5.6.2 defines tokens. */
export const fieldNamePattern = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Values of printable ASCII, with no space at either end. */
export const fieldValuePattern = /^(?:[!-~](?:[\t -~]{0,3998}[!-~])?)?$/;
