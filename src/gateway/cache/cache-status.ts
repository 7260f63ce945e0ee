/** Why a request went to the service, in the words of RFC 9211, 2.2. */
export type Forwarded = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'request' | 'stale' | 'partial';

export interface CacheOutcome {
  readonly hit?: boolean;
  readonly forwarded?: Forwarded;
  readonly forwardedStatus?: number;
  readonly ttl?: number;
  readonly stored?: boolean;
  readonly collapsed?: boolean;
  /** A token of our own. */
  readonly detail?: string;
}

/** The member of `Cache-Status` that says what the gateway's cache did. */
export function renderCacheStatus(outcome: CacheOutcome): string {
  let text = 'msa';
  if (outcome.hit === true) text += '; hit';
  if (outcome.forwarded !== undefined) text += `; fwd=${outcome.forwarded}`;
  if (outcome.forwardedStatus !== undefined) text += `; fwd-status=${outcome.forwardedStatus}`;
  if (outcome.ttl !== undefined) text += `; ttl=${outcome.ttl}`;
  if (outcome.stored === true) text += '; stored';
  if (outcome.collapsed === true) text += '; collapsed';
  if (outcome.detail !== undefined) text += `; detail=${outcome.detail}`;
  return text;
}
