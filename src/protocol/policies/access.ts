/** From where one may come: addresses and networks such as `10.0.0.0/8`. */
export interface AddressList {
  /** Nobody else; empty: everybody. */
  readonly allow: readonly string[];
  /** These never, whatever `allow` says. */
  readonly deny: readonly string[];
}

/** What may be called by an edge. */
export interface AllowedCall {
  /** Undefined: every one. GET includes HEAD. */
  readonly method?: string;
  /** With everything below it. */
  readonly path: string;
}

/** From where clients and calling services may come. */
export interface GatewayAccess {
  readonly public?: AddressList;
  readonly internal?: AddressList;
}
