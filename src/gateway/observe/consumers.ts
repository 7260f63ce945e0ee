import type { Identity } from '../pipeline/identity.ts';

/** Counts of one program that asks, on behalf of whomever. */
interface ConsumerCounts {
  requests: number;
  /** Answered with 4xx. */
  refused: number;
  /** Answered with 5xx. */
  failed: number;
}

const most = 200;
const others = 'all others';
/** Tokens that name their user alone. */
const unnamed = 'unnamed';

/**
 * Counts by who asks: the program that a key or token was given to, never the person behind it. The first ones have counts
 * of their own; tokens with new names cannot fill the memory.
 */
export class Consumers {
  readonly counts = new Map<string, ConsumerCounts>();

  note({ consumer }: Identity, status: number): void {
    const counts = this.countsOf(consumer ?? unnamed);
    counts.requests += 1;
    if (status >= 500) counts.failed += 1;
    else if (status >= 400) counts.refused += 1;
  }

  private countsOf(consumer: string): ConsumerCounts {
    const known = this.counts.get(consumer);
    if (known) return known;
    const name = this.counts.size < most ? consumer : others;
    const counts = this.counts.get(name) ?? { requests: 0, refused: 0, failed: 0 };
    this.counts.set(name, counts);
    return counts;
  }
}
