/** With less than this left, an answer would come too late in any case. */
export const leastUsefulMs = 5;

/** Milliseconds of an `x-msa-timeout-ms` field; undefined when it says nothing that can be read. */
export function readTimeoutMs(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const grpcUnitMs: ReadonlyMap<string, number> = new Map([
  ['H', 3_600_000],
  ['M', 60_000],
  ['S', 1000],
  ['m', 1],
  ['u', 0.001],
  ['n', 0.000_001],
]);

/** Milliseconds of gRPC's `grpc-timeout` (at most eight digits and a unit); undefined when it is none. */
export function readGrpcTimeoutMs(text: string): number | undefined {
  if (!/^\d{1,8}[HMSmun]$/.test(text)) return undefined;
  return Number(text.slice(0, -1)) * (grpcUnitMs.get(text.slice(-1)) ?? Number.NaN);
}

/** The same in the other direction. Never more than it is. */
export function renderGrpcTimeout(ms: number): string {
  return ms < 1 ? `${Math.floor(ms * 1000)}u` : ms < 100_000_000 ? `${Math.floor(ms)}m` : `${Math.floor(ms / 1000)}S`;
}
