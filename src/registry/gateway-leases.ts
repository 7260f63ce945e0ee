import type { GatewayStats } from '../protocol/stats.ts';
import { gatewayLeaseMs, type GatewayReport, type GatewayState } from '../protocol/watch.ts';
import { limits } from './schemas.ts';

interface Lease extends GatewayState {
  readonly stats: GatewayStats | undefined;
  readonly until: number;
}

/** The gateways that have reported lately, and the state each has applied. */
export class GatewayLeases {
  readonly #now: () => number;
  readonly #leases = new Map<string, Lease>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Says whether there was room for it. */
  report(id: string, { epoch, revision, stats }: GatewayReport): boolean {
    this.#expire();
    if (!this.#leases.has(id) && this.#leases.size >= limits.gateways) return false;
    this.#leases.set(id, { id, epoch, revision, stats, until: this.#now() + gatewayLeaseMs });
    return true;
  }

  /** What it counted last; undefined when it has not said. */
  stats(id: string): GatewayStats | undefined {
    this.#expire();
    return this.#leases.get(id)?.stats;
  }

  leave(id: string): void {
    this.#leases.delete(id);
  }

  list(): readonly GatewayState[] {
    this.#expire();
    return [...this.#leases.values()].map(({ id, epoch, revision }) => ({ id, epoch, revision }));
  }

  #expire(): void {
    const now = this.#now();
    for (const [id, { until }] of this.#leases) if (until <= now) this.#leases.delete(id);
  }
}
