/** What the gateway takes from clients, where it is not what it takes anyhow. */
export interface GatewayLimits {
  readonly maxBodyBytes?: number;
  /** Request line and header fields together. */
  readonly maxHeaderBytes?: number;
  readonly maxTargetBytes?: number;
  readonly maxHeaderFields?: number;
  /** Of the public listener, and of each edge. */
  readonly maxClientConnections?: number;
  /** Of the public listener. */
  readonly maxConnectionsPerAddress?: number;
}
