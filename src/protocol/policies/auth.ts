/** Ways to sign a token that the gateway can check; all with a key pair, so that nobody who checks could also sign. */
export const tokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** Whom the gateway believes: issuers of tokens, and holders of keys. */
export interface GatewayAuth {
  readonly issuers: readonly AuthIssuer[];
  readonly keys: readonly ApiKey[];
}

/** Somebody who signs tokens. */
export interface AuthIssuer {
  /** Where its keys are. */
  readonly keys: KeyLocation;
  /** What `iss` says. */
  readonly issuer: string;
  /** One of them stands in `aud`. */
  readonly audience: readonly string[];
  readonly algorithms: readonly TokenAlgorithm[];
  /** How far its clock may be from ours. */
  readonly clockSkewMs: number;
  /** How old its keys may get before they are asked for again. */
  readonly refreshMs: number;
  /** How old they may get when it does not answer. */
  readonly keepMs: number;
  /** Where in a token the lists stand, as the keys that lead there. */
  readonly rolesClaim: readonly string[];
  readonly scopesClaim: readonly string[];
}

export type KeyLocation =
  | { readonly kind: 'service'; readonly service: string; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/** A key that a program shows instead of a token. The key itself is known to its holder alone. */
export interface ApiKey {
  readonly name: string;
  /** Of the key, in lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

export const authModes = ['required', 'optional', 'none'] as const;

/** What a request has to prove. */
export interface AuthRequirement {
  /** `optional`: who shows nothing is let in unknown; who shows something false is not. */
  readonly mode: (typeof authModes)[number];
  /** All of them. */
  readonly scopes: readonly string[];
  /** Any of them; none asks for none. */
  readonly roles: readonly string[];
}

/** What requests of a route or edge have to prove. */
export interface RouteAuth extends AuthRequirement {
  /** Where a method asks for something else. */
  readonly methods: Readonly<Record<string, AuthRequirement>>;
  /** Whether the service gets the token too. */
  readonly forwardToken: boolean;
}
