/** Who asks, as far as the gateway has found out. */
export interface Identity {
  readonly kind: 'user' | 'key';
  /** The `sub` of a token, or the name of a key. */
  readonly subject: string;
  /** The program that was given the token or holds the key; undefined when the token names none. */
  readonly consumer: string | undefined;
  /** Who vouches for it; undefined for keys, which are the workspace's own. */
  readonly issuer: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}
