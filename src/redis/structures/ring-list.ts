const smallest = 8;

/** A list in a ring: both ends and any index in constant time, the middle by moving what follows. */
export class RingList {
  /** Its length is a power of two, so that an index wraps by a mask. */
  #items: (string | undefined)[];
  #head = 0;
  #length = 0;

  constructor(items: readonly string[] = []) {
    this.#items = ring(items);
    this.#length = items.length;
  }

  get length(): number {
    return this.#length;
  }

  /** The item at an index from 0, or undefined beyond the end. */
  at(index: number): string | undefined {
    return index < 0 || index >= this.#length ? undefined : this.#items[this.#slot(index)];
  }

  /** Replaces the item at an index, which must exist. */
  replace(index: number, item: string): void {
    this.#items[this.#slot(index)] = item;
  }

  pushRight(item: string): void {
    this.#reserve();
    this.#items[this.#slot(this.#length++)] = item;
  }

  pushLeft(item: string): void {
    this.#reserve();
    this.#head = (this.#head - 1) & (this.#items.length - 1);
    this.#items[this.#head] = item;
    this.#length++;
  }

  popRight(): string | undefined {
    if (this.#length === 0) return undefined;
    const slot = this.#slot(--this.#length);
    const item = this.#items[slot];
    this.#items[slot] = undefined;
    this.#shrink();
    return item;
  }

  popLeft(): string | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#length--;
    this.#shrink();
    return item;
  }

  /** The items from one index up to, but without, another. */
  slice(start = 0, end = this.#length): string[] {
    const items: string[] = [];
    for (let index = start; index < end; index++) items.push(this.#items[this.#slot(index)] ?? '');
    return items;
  }

  /** Replaces all items. */
  assign(items: readonly string[]): void {
    this.#items = ring(items);
    this.#head = 0;
    this.#length = items.length;
  }

  #slot(index: number): number {
    return (this.#head + index) & (this.#items.length - 1);
  }

  #reserve(): void {
    if (this.#length === this.#items.length) this.#resize(this.#length * 2);
  }

  #shrink(): void {
    if (this.#items.length > smallest && this.#length * 4 < this.#items.length) this.#resize(this.#items.length / 2);
  }

  #resize(capacity: number): void {
    const items: (string | undefined)[] = this.slice();
    while (items.length < capacity) items.push(undefined);
    this.#items = items;
    this.#head = 0;
  }
}

function ring(items: readonly string[]): (string | undefined)[] {
  let capacity = smallest;
  while (capacity < items.length) capacity *= 2;
  const slots: (string | undefined)[] = [...items];
  while (slots.length < capacity) slots.push(undefined);
  return slots;
}
