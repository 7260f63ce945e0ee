/** What is answered when the service cannot: the first of these that has something. */
export type FallbackPolicy = readonly Fallback[];

export type Fallback =
  /** What was stored of an earlier answer, although it is no longer fresh. */
  | { readonly kind: 'stale'; readonly forMs: number }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: string };
