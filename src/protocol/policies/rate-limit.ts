/** How often something may be asked for, and by whom it is counted. */
export interface RateLimit {
  /** What the RateLimit fields call it. */
  readonly name: string;
  /** Whether all routes (or all edges) that have a limit of this name count together. */
  readonly shared: boolean;
  readonly by: RateLimitKey;
  /** So many requests… */
  readonly limit: number;
  /** …in this time. */
  readonly perMs: number;
  /** How many of them may come at once; of a quota this is the limit itself. */
  readonly burst: number;
  /** A rate is smooth: what has passed is given back little by little. A quota is given back as a whole, when its window ends. */
  readonly kind: 'rate' | 'quota';
  /** Ask Redis with each request, instead of reserving some ahead. */
  readonly exact: boolean;
  /** Count in this gateway alone, or let nobody in. */
  readonly whenRedisIsGone: 'local' | 'refuse';
}

/** Whose requests count together. */
export type RateLimitKey =
  /** Who has shown who it is, by a token or a key; else the address. */
  | 'user'
  /** The API key, else the address. */
  | 'key'
  | 'address'
  /** All that go to the service. */
  | 'service'
  /** All of the route, or of the edge. */
  | 'route'
  /** All that have the same value of a field; the rest by address. */
  | `header:${string}`;

const keyPattern = /^(?:user|key|address|service|route|header:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100})$/;

export function isRateLimitKey(text: string): text is RateLimitKey {
  return keyPattern.test(text);
}
