/** Counts of the requests that are still remembered. */
export interface Counts {
  total: number;
  failed: number;
  slow: number;
}

/** Remembers how requests went, for a while. */
export interface Window extends Readonly<Counts> {
  note(request: { readonly failed: boolean; readonly slow: boolean }, now: number): void;
  clear(): void;
}

const failedBit = 1;
const slowBit = 2;

/** The last so many requests. */
export class CountWindow implements Window {
  total = 0;
  failed = 0;
  slow = 0;
  private next = 0;
  private readonly ring: Uint8Array;

  constructor(size: number) {
    this.ring = new Uint8Array(size);
  }

  note({ failed, slow }: { readonly failed: boolean; readonly slow: boolean }): void {
    const { ring, next } = this;
    if (this.total === ring.length) this.count(ring[next] ?? 0, -1);
    const bits = (failed ? failedBit : 0) | (slow ? slowBit : 0);
    ring[next] = bits;
    this.count(bits, 1);
    this.next = (next + 1) % ring.length;
  }

  clear(): void {
    this.total = this.failed = this.slow = this.next = 0;
  }

  private count(bits: number, step: number): void {
    this.total += step;
    if ((bits & failedBit) !== 0) this.failed += step;
    if ((bits & slowBit) !== 0) this.slow += step;
  }
}

const slots = 10;

/** The requests of the last so many milliseconds, in tenths: each tenth is forgotten at once. */
export class TimeWindow implements Window {
  total = 0;
  failed = 0;
  slow = 0;
  private tick = 0;
  private readonly slotMs: number;
  private readonly slots: Counts[] = Array.from({ length: slots }, () => ({ total: 0, failed: 0, slow: 0 }));

  constructor(ms: number) {
    this.slotMs = ms / slots;
  }

  note({ failed, slow }: { readonly failed: boolean; readonly slow: boolean }, now: number): void {
    this.turn(now);
    const slot = this.slots[this.tick % slots];
    if (!slot) return;
    slot.total += 1;
    this.total += 1;
    if (failed) {
      slot.failed += 1;
      this.failed += 1;
    }
    if (slow) {
      slot.slow += 1;
      this.slow += 1;
    }
  }

  clear(): void {
    for (const slot of this.slots) this.forget(slot);
  }

  /** Forgets what is too long ago by now. */
  turn(now: number): void {
    const tick = Math.floor(now / this.slotMs);
    const passed = Math.min(tick - this.tick, slots);
    for (let step = 1; step <= passed; step += 1) {
      const slot = this.slots[(this.tick + step) % slots];
      if (slot) this.forget(slot);
    }
    if (passed > 0) this.tick = tick;
  }

  private forget(slot: Counts): void {
    this.total -= slot.total;
    this.failed -= slot.failed;
    this.slow -= slot.slow;
    slot.total = slot.failed = slot.slow = 0;
  }
}
