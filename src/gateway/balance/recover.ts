import type { Endpoint } from './endpoint.ts';

export interface RecoveryParts {
  readonly sleep: (ms: number) => Promise<void>;
  /** Whether somebody takes a connection there. */
  readonly probe: (address: string, port: number) => Promise<boolean>;
}

const firstMs = 250;
const longestMs = 5000;

/** How long an instance stays out that has failed this often in a row. */
function ejectionMs(failures: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures - 1, 16), longestMs);
}

/**
 * Brings an ejected instance back once somebody takes connections there. The gateway finds out by itself, not by requests
 * of clients: one to an address whose container has gone would have to wait until it may go elsewhere.
 */
export async function recover(endpoint: Endpoint, { sleep, probe }: RecoveryParts): Promise<void> {
  const incident = endpoint.ejections;
  // The registry may have seen it come up meanwhile, and it may have failed again since.
  const isOver = (): boolean => endpoint.gone || endpoint.ejectedBy === undefined || endpoint.ejections !== incident;
  while (!isOver()) {
    await sleep(ejectionMs(endpoint.failures));
    if (isOver()) return;
    const isThere = await probe(endpoint.address, endpoint.port);
    if (isOver()) return;
    if (isThere) endpoint.readmit();
    else endpoint.noteStillGone();
  }
}
