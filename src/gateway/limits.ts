/** What the gateway takes from clients and spends on instances. */
export interface Limits {
  readonly maxTargetBytes: number;
  /** Request line and header fields together. */
  readonly maxHeaderBytes: number;
  readonly maxHeaderFields: number;
  readonly maxBodyBytes: number;
  /** For the head of a request to arrive. */
  readonly headersTimeoutMs: number;
  /** For a whole request to arrive. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection of a client is kept; longer than common clients keep theirs, so that they close first. */
  readonly idleTimeoutMs: number;
  /** How long nothing may move on a connection in the middle of a request or an answer. */
  readonly stallTimeoutMs: number;
  readonly maxClientConnections: number;
  /** Of the public listener alone: services may well be behind one address. */
  readonly maxConnectionsPerAddress: number;
  /** WebSocket connections at a time. */
  readonly maxTunnels: number;
  /**
   * For an instance to take a connection. Not its program but its system does that, so the time is short also when all are
   * busy; who does not know the address any more gives no answer. Longer would be in vain: a system asks again only
   * after a second.
   */
  readonly connectTimeoutMs: number;
  readonly maxConnectionsPerInstance: number;
  /** Request bodies up to this size are kept until there is an answer, so that they can be sent again. */
  readonly replayBytes: number;
  /** Answers of a known length up to this size are passed on only when they are complete. */
  readonly holdBytes: number;
  /** For an issuer to publish its keys. */
  readonly issuerTimeoutMs: number;
  /** However many unknown keys tokens name, an issuer is asked once in this time. */
  readonly issuerCooldownMs: number;
  /** How long requests may take to finish when the gateway is told to stop. */
  readonly drainMs: number;
}

export const defaultLimits: Limits = {
  maxTargetBytes: 8 * 1024,
  maxHeaderBytes: 32 * 1024,
  maxHeaderFields: 128,
  maxBodyBytes: 64 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  idleTimeoutMs: 75_000,
  stallTimeoutMs: 300_000,
  maxClientConnections: 10_000,
  maxConnectionsPerAddress: 5000,
  maxTunnels: 4096,
  connectTimeoutMs: 300,
  maxConnectionsPerInstance: 1024,
  replayBytes: 64 * 1024,
  holdBytes: 64 * 1024,
  issuerTimeoutMs: 5000,
  issuerCooldownMs: 5000,
  drainMs: 10_000,
};
