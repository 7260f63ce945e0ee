import { CommandError, wrongTypeError } from '../command-error.ts';
import { ScannableMap } from '../structures/scannable-map.ts';
import { Expirations } from './expirations.ts';
import { typeOf, type TypeName, type Value } from './values.ts';
import { Watches } from './watches.ts';

/** The time of the command that runs now: within one command, and within one transaction, time stands still. */
export interface CommandTime {
  nowMs: number;
}

type ValueOf<T extends TypeName> = T extends 'string' ? string : Extract<Value, { readonly type: T }>;

/** One of the numbered databases: keys, when they expire, and who wants to know of their changes. */
export class Database {
  readonly index: number;
  readonly time: CommandTime;
  readonly watches = new Watches();
  readonly #values = new ScannableMap<Value>();
  readonly #expirations = new Expirations();
  /** Called with every key whose value has changed. */
  onChange: (key: string) => void = () => undefined;

  constructor(index: number, time: CommandTime) {
    this.index = index;
    this.time = time;
  }

  /** How many keys there are, counting those that have expired unnoticed. */
  get size(): number {
    return this.#values.size;
  }

  get expiringCount(): number {
    return this.#expirations.size;
  }

  /** The value of a key that exists and has not expired. */
  get(key: string): Value | undefined {
    const expiresAt = this.#expirations.get(key);
    if (expiresAt !== undefined && expiresAt <= this.time.nowMs) {
      this.delete(key);
      return undefined;
    }
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** The value if it is of a type, undefined if there is none; refuses the command if it is of another. */
  getAs<T extends TypeName>(key: string, type: T): ValueOf<T> | undefined {
    const value = this.get(key);
    if (value === undefined || isOfType(value, type)) return value;
    throw new CommandError(wrongTypeError);
  }

  /** The collection of a key; an absent one is made, and kept. The caller adds to it at once. */
  open<T extends Exclude<TypeName, 'string'>>(key: string, type: T, create: () => ValueOf<T>): ValueOf<T> {
    const value = this.getAs(key, type);
    if (value !== undefined) return value;
    const created = create();
    this.#values.set(key, created);
    return created;
  }

  /** Gives a key a value that never expires. */
  set(key: string, value: Value): void {
    this.#expirations.delete(key);
    this.replace(key, value);
  }

  /** Changes the value and leaves the expiry as it is. */
  replace(key: string, value: Value): void {
    this.#values.set(key, value);
    this.changed(key);
  }

  /** To be called after a collection was changed; an empty one is removed. */
  changed(key: string): void {
    const value = this.#values.get(key);
    if (value !== undefined && typeof value !== 'string' && value.size === 0) this.#forget(key);
    this.watches.touch(key);
    this.onChange(key);
  }

  /** Whether there was such a key. */
  delete(key: string): boolean {
    if (!this.#forget(key)) return false;
    this.watches.touch(key);
    this.onChange(key);
    return true;
  }

  /** When a key expires, in milliseconds since 1970; undefined when never. */
  expiryOf(key: string): number | undefined {
    return this.#expirations.get(key);
  }

  /** Lets a key that exists expire, at once if the time is past. */
  expireAt(key: string, atMs: number): void {
    if (atMs <= this.time.nowMs) {
      this.delete(key);
      return;
    }
    this.#expirations.set(key, atMs);
    this.changed(key);
  }

  /** Whether the key had an expiry. */
  persist(key: string): boolean {
    if (!this.#expirations.delete(key)) return false;
    this.changed(key);
    return true;
  }

  /** The keys that have not expired. */
  keys(): readonly string[] {
    return this.#values.keys().filter((key) => this.has(key));
  }

  randomKey(random: () => number): string | undefined {
    for (;;) {
      const key = this.#values.randomEntry(random)?.[0];
      if (key === undefined || this.has(key)) return key;
    }
  }

  scan(cursor: number, count: number): { readonly cursor: number; readonly keys: readonly string[] } {
    const step = this.#values.scan(cursor, count);
    return { cursor: step.cursor, keys: step.entries.map(([key]) => key).filter((key) => this.has(key)) };
  }

  flush(): void {
    this.watches.touchAll((key) => this.#values.has(key));
    this.#values.clear();
    this.#expirations.clear();
  }

  /** Looks at some keys that will expire and removes those that have; how many of how many. */
  removeExpired(limit: number): { readonly seen: number; readonly removed: number } {
    const due = this.#expirations.visit(limit, this.time.nowMs);
    for (const key of due.keys) this.delete(key);
    return { seen: due.seen, removed: due.keys.length };
  }

  #forget(key: string): boolean {
    this.#expirations.delete(key);
    return this.#values.delete(key);
  }
}

function isOfType<T extends TypeName>(value: Value, type: T): value is Value & ValueOf<T> {
  return typeOf(value) === type;
}
