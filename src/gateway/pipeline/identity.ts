/** Who asks, as far as the gateway has found out. */
export interface Identity {
  readonly kind: 'user' | 'key';
  /** The `sub` of a token, or the name of a key. */
  readonly subject: string;
  readonly issuer: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}
