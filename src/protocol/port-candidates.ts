import { textHash } from './text-hash.ts';

/** Above what servers usually take, below the ports of edges and those that systems hand out by themselves. */
const firstPort = 10_240;
const portCount = 9700;

/**
 * Ports for what listens on this machine and does not care where, in the order to try them. Every name begins at a place
 * of its own, so that systems that start at the same moment seldom meet.
 */
export function* portCandidates(name: string): Generator<number> {
  const start = textHash(name) % portCount;
  for (let step = 0; step < portCount; step++) yield firstPort + ((start + step) % portCount);
}
