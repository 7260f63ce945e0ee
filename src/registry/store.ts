import type { Instance, InstanceStatus } from '../protocol/instances.ts';
import type { SourceTable } from '../protocol/registry-api.ts';
import type { System } from '../protocol/system.ts';
import { markUnknown, mergeSource, takenIds, type Rows } from './merge-source.ts';
import { limits } from './schemas.ts';

/** What survives a restart: what others have told, not what probes have found. */
export interface Told {
  readonly system: System | null;
  readonly sources: Readonly<Record<string, SourceTable>>;
  readonly keptSince?: string;
}

/** A source says what it may not; the message is for whoever sent it. */
export class Conflict extends Error {}

interface StoreOptions {
  /** Random per start. */
  readonly epoch: string;
  readonly now: () => Date;
}

/** All the registry knows, and whom it tells when that changes. */
export class Store {
  readonly epoch: string;
  readonly #now: () => Date;
  readonly #listeners = new Set<() => void>();
  readonly #sources = new Map<string, SourceTable>();
  #revision = 0;
  #system: System | null = null;
  #keptSince: string | undefined;
  #rows: Rows = new Map();

  constructor({ epoch, now }: StoreOptions) {
    this.epoch = epoch;
    this.#now = now;
  }

  get revision(): number {
    return this.#revision;
  }

  get system(): System | null {
    return this.#system;
  }

  /** In the order of their ids, `orders-2` before `orders-10`. */
  get instances(): readonly Instance[] {
    return [...this.#rows.values()].toSorted((left, right) => byId.compare(left.id, right.id));
  }

  get told(): Told {
    return { system: this.#system, sources: Object.fromEntries(this.#sources), ...this.kept };
  }

  /** Since when answers that gateways keep count. */
  get kept(): Pick<Told, 'keptSince'> {
    return this.#keptSince === undefined ? {} : { keptSince: this.#keptSince };
  }

  source(name: string): SourceTable | undefined {
    return this.#sources.get(name);
  }

  putSystem(system: System): void {
    if (isSame(system, this.#system)) return;
    this.#system = system;
    this.#change(this.#rows);
  }

  putKeptSince(keptSince: string): void {
    if (keptSince === this.#keptSince) return;
    this.#keptSince = keptSince;
    this.#change(this.#rows);
  }

  /** Throws Conflict when an instance belongs to another source, or when there are too many sources. */
  putSource(source: string, table: SourceTable): void {
    if (isSame(table, this.#sources.get(source))) return;
    const records = table.instances;
    const taken = takenIds(this.#rows, { source, records });
    if (taken.length > 0) throw new Conflict(`another source already has ${taken.slice(0, 5).join(', ')}`);
    if (!this.#sources.has(source) && this.#sources.size >= limits.sources)
      throw new Conflict(`there are ${limits.sources} sources already`);
    this.#sources.set(source, table);
    this.#change(mergeSource(this.#rows, { source, records, now: this.#time() }));
  }

  removeSource(source: string): void {
    if (this.#sources.delete(source)) this.#change(mergeSource(this.#rows, { source, records: [], now: this.#time() }));
  }

  /** What a probe has found out about an instance that is still there. */
  setHealth(id: string, { status, problem }: { readonly status: InstanceStatus; readonly problem: string }): void {
    const row = this.#rows.get(id);
    if (row === undefined || (row.status === status && row.problem === problem)) return;
    const since = row.status === status ? row.since : this.#time();
    this.#change(new Map(this.#rows).set(id, { ...row, status, problem, since }));
  }

  /** Gives the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(rows: Rows): void {
    const known = new Set(this.#system?.services.map(({ name }) => name));
    this.#rows = markUnknown(rows, (service) => known.has(service), this.#time());
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

const byId = new Intl.Collator('en', { numeric: true });

/** Whoever tells the same again changes nothing: revisions stand for news. */
function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
