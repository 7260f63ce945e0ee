import { textHash } from './text-hash.ts';

/** Below the ports that systems hand out by themselves, above what servers usually take. */
const firstEdgePort = 20_000;
const edgePortCount = 10_000;

/**
 * Gives every edge a port that follows from its names, so that adding one changes nobody else's environment. Edges whose
 * names give the same port, or one that is taken, move to the next free one in the order of their names.
 */
export function edgePorts(
  edges: readonly { readonly caller: string; readonly callee: string }[],
  isTaken: (port: number) => boolean = () => false,
): ReadonlyMap<string, number> {
  const keys = edges.map(({ caller, callee }) => edgeKey(caller, callee)).toSorted();
  const given = new Set<number>();
  const ports = new Map<string, number>();
  for (const key of keys) {
    let offset = textHash(key) % edgePortCount;
    for (let tries = 0; tries < edgePortCount; tries++) {
      const port = firstEdgePort + offset;
      if (!given.has(port) && !isTaken(port)) break;
      offset = (offset + 1) % edgePortCount;
    }
    given.add(firstEdgePort + offset);
    ports.set(key, firstEdgePort + offset);
  }
  return ports;
}

/** `orders>users` */
export function edgeKey(caller: string, callee: string): string {
  return `${caller}>${callee}`;
}
