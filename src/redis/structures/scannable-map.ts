import { randomBelow, type Random } from '../random.ts';

interface Slot<V> {
  readonly key: string;
  readonly sequence: number;
  value: V;
  removed: boolean;
}

export interface ScanStep<V> {
  /** Where to go on; 0 when the scan is complete. */
  readonly cursor: number;
  readonly entries: readonly (readonly [string, V])[];
}

const compactFrom = 32;

/**
 * A Map that can also be scanned by a cursor and give a random entry, each in constant time. A scan goes from the
 * youngest key to the oldest, and a cursor is the number of the last key seen: keys that are there throughout are met
 * exactly once whatever comes and goes, and new ones cannot keep a scan from ending.
 */
export class ScannableMap<V> {
  readonly #slots = new Map<string, Slot<V>>();
  /** By sequence; removed ones stay until they are the half. */
  #order: Slot<V>[] = [];
  #nextSequence = 1;

  get size(): number {
    return this.#slots.size;
  }

  has(key: string): boolean {
    return this.#slots.has(key);
  }

  get(key: string): V | undefined {
    return this.#slots.get(key)?.value;
  }

  /** Whether the key is new. */
  set(key: string, value: V): boolean {
    const slot = this.#slots.get(key);
    if (slot !== undefined) {
      slot.value = value;
      return false;
    }
    const added = { key, value, sequence: this.#nextSequence++, removed: false };
    this.#slots.set(key, added);
    this.#order.push(added);
    return true;
  }

  delete(key: string): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    slot.removed = true;
    this.#slots.delete(key);
    if (this.#order.length > compactFrom && this.#order.length > this.#slots.size * 2)
      this.#order = this.#order.filter(({ removed }) => !removed);
    return true;
  }

  clear(): void {
    this.#slots.clear();
    this.#order = [];
  }

  keys(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** In the order in which the keys came. */
  entries(): readonly (readonly [string, V])[] {
    return Array.from(this.#slots.values(), ({ key, value }) => [key, value] as const);
  }

  values(): readonly V[] {
    return Array.from(this.#slots.values(), ({ value }) => value);
  }

  /** Any entry, each as likely as the others; undefined when there is none. */
  randomEntry(random: Random): readonly [string, V] | undefined {
    if (this.size === 0) return undefined;
    for (;;) {
      const slot = this.#order[randomBelow(this.#order.length, random)];
      if (slot !== undefined && !slot.removed) return [slot.key, slot.value];
    }
  }

  /** Looks at up to so many entries after the cursor; removed ones count, so that no step takes long. */
  scan(cursor: number, count: number): ScanStep<V> {
    let index = cursor === 0 ? this.#order.length : this.#indexOf(cursor);
    const entries: (readonly [string, V])[] = [];
    for (let seen = 0; seen < count && index > 0; seen++) {
      const slot = this.#order[--index];
      if (slot !== undefined && !slot.removed) entries.push([slot.key, slot.value]);
    }
    return { cursor: index > 0 ? (this.#order[index]?.sequence ?? 0) : 0, entries };
  }

  /** The first index whose sequence is not smaller. */
  #indexOf(sequence: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
