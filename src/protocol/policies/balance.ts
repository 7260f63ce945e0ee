/** Which instance a request goes to. */
export interface BalancePolicy {
  readonly method?: BalanceMethod;
  /** How long an instance that came up gets less than its share. */
  readonly slowStartMs?: number;
  /** Below this share of sound instances all are used again; from 0 to 1. */
  readonly panic?: number;
  /** So many answers of 5xx in a row take an instance out. */
  readonly ejectAfter?: number;
}

export type BalanceMethod =
  | { readonly kind: 'least-loaded' }
  | { readonly kind: 'round-robin' }
  /** Of two, the one that answers sooner, with what it has to do. */
  | { readonly kind: 'quickest' }
  /** Requests with the same key go to the same instance as long as it is there. */
  | { readonly kind: 'hash'; readonly from: 'header' | 'cookie'; readonly name: string }
  | { readonly kind: 'hash'; readonly from: 'address' };
