/** Another path in place of the whole, or of the prefix that the route matches. */
export type PathChange =
  | { readonly kind: 'full'; readonly path: string }
  /** Both without a slash at the end; empty for `/`. */
  | { readonly kind: 'prefix'; readonly from: string; readonly to: string };
