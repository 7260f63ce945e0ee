import { LRUCache } from 'lru-cache';

/** How a request came out on which others wait: its answer was kept, is not for others, or there was none. */
export type Landing = 'kept' | 'passed' | 'failed';

/** A request to a service on which others with the same key wait. */
export class Flight {
  readonly landed: Promise<Landing>;
  private settle: (landing: Landing) => void = () => undefined;
  private readonly onLand: () => void;

  constructor(onLand: () => void) {
    this.onLand = onLand;
    this.landed = new Promise((resolve) => (this.settle = resolve));
  }

  /** The first word counts. */
  land(landing: Landing): void {
    this.onLand();
    this.settle(landing);
  }

  /** Waits for it, but not for ever. */
  async wait(atMostMs: number): Promise<Landing | 'late'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, atMostMs, 'late')));
    const landing = await Promise.race([this.landed, late]);
    clearTimeout(timer);
    return landing;
  }
}

const rememberedMs = 5000;
const maxRemembered = 4096;

/** The requests under way on which others may wait. */
export class Flights {
  private readonly open = new Map<string, Flight>();
  /** Keys whose last answer was not for others: there it is no use to wait. */
  private readonly passed = new LRUCache<string, true>({ max: maxRemembered, ttl: rememberedMs });

  find(key: string): Flight | undefined {
    return this.open.get(key);
  }

  isWorthWaiting(key: string): boolean {
    return !this.passed.has(key);
  }

  notePassed(key: string): void {
    this.passed.set(key, true);
  }

  begin(key: string): Flight {
    const flight = new Flight(() => {
      if (this.open.get(key) === flight) this.open.delete(key);
    });
    this.open.set(key, flight);
    return flight;
  }
}
