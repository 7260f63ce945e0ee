interface WatchedKey {
  version: number;
  watchers: number;
}

/** Versions of the keys that somebody watches; a key nobody watches has none, so that they cost nothing. */
export class Watches {
  readonly #keys = new Map<string, WatchedKey>();

  get size(): number {
    return this.#keys.size;
  }

  /** Begins to watch; gives the version to compare with later. */
  add(key: string): number {
    const watched = this.#keys.get(key) ?? { version: 0, watchers: 0 };
    watched.watchers++;
    this.#keys.set(key, watched);
    return watched.version;
  }

  remove(key: string): void {
    const watched = this.#keys.get(key);
    if (watched !== undefined && --watched.watchers === 0) this.#keys.delete(key);
  }

  /** The version of a key that is watched. */
  versionOf(key: string): number | undefined {
    return this.#keys.get(key)?.version;
  }

  touch(key: string): void {
    if (this.#keys.size === 0) return;
    const watched = this.#keys.get(key);
    if (watched !== undefined) watched.version++;
  }

  /** Touches the watched keys that fulfil a condition. */
  touchAll(condition: (key: string) => boolean): void {
    for (const [key, watched] of this.#keys) if (condition(key)) watched.version++;
  }
}
