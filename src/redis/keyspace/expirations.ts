/** When keys expire, and a round trip over them that meets each one sooner or later. */
export class Expirations {
  readonly #times = new Map<string, number>();
  #round: Iterator<[string, number]> | undefined;

  get size(): number {
    return this.#times.size;
  }

  get(key: string): number | undefined {
    // Most databases have no key that expires, and every read comes along here.
    return this.#times.size === 0 ? undefined : this.#times.get(key);
  }

  set(key: string, atMs: number): void {
    this.#times.set(key, atMs);
  }

  delete(key: string): boolean {
    return this.#times.size > 0 && this.#times.delete(key);
  }

  clear(): void {
    this.#times.clear();
    this.#round = undefined;
  }

  /** The next so many keys of the round trip: how many were seen, and those that are due. */
  visit(limit: number, nowMs: number): { readonly seen: number; readonly keys: readonly string[] } {
    const keys: string[] = [];
    let seen = 0;
    // A Map's iterator goes on correctly while keys come and go.
    this.#round ??= this.#times[Symbol.iterator]();
    for (; seen < limit; seen++) {
      const step = this.#round.next();
      if (step.done === true) {
        this.#round = undefined;
        break;
      }
      const [key, atMs] = step.value;
      if (atMs <= nowMs) keys.push(key);
    }
    return { seen, keys };
  }
}
