import { readGrpcTimeoutMs, readTimeoutMs } from '../resilience/deadline.ts';
import type { Incoming } from './incoming.ts';

/**
 * When whoever sent a request waits no longer, by performance.now; undefined when it did not say. A service says it in
 * our own field, by which it passes on what its caller said; a client of gRPC in that of gRPC.
 */
export function callerDeadline({ head, startedAt }: Incoming, kind: 'route' | 'edge'): number | undefined {
  if (head.timeout === undefined && head.grpcTimeout === undefined) return undefined;
  const own = kind === 'edge' && head.timeout !== undefined ? readTimeoutMs(head.timeout) : undefined;
  const grpc = head.grpcTimeout === undefined ? undefined : readGrpcTimeoutMs(head.grpcTimeout);
  if (own === undefined && grpc === undefined) return undefined;
  return startedAt + Math.min(own ?? Infinity, grpc ?? Infinity);
}
