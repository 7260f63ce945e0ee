/** An item as it is kept: what clients see, without links. */
export interface Item {
  readonly id: string;
  /** Counts up from 1 with every change. */
  readonly version: number;
  readonly status?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a request with an idempotency key came to, so that a retry can be answered without running again. */
export interface Outcome {
  /** Identifies the request; a key that comes back with another one is a client's mistake. */
  readonly fingerprint: string;
  readonly status: 200 | 201 | 204;
  readonly item: Item;
}

/** One atomic step: the item and the outcome are both written, or neither is. */
export interface Change {
  readonly id: string;
  /** The version that must be there now; 0 when the item must not exist yet. */
  readonly expectedVersion: number;
  /** The item from now on; undefined removes it. */
  readonly next: Item | undefined;
  readonly record?: { readonly key: string; readonly outcome: Outcome };
}

export type CommitResult =
  | { readonly kind: 'committed' }
  /** Somebody else changed, made or removed the item first. */
  | { readonly kind: 'conflict' }
  /** The key has been recorded by another request, on whichever instance. */
  | { readonly kind: 'replay'; readonly outcome: Outcome };

/** A stretch of items in the order of their ids, which is the order of creation. */
export interface ListQuery {
  readonly limit: number;
  readonly after?: string;
  /** The last items before this id. */
  readonly before?: string;
}

export interface Store {
  get(id: string): Promise<Item | undefined>;
  /** Always in ascending order. */
  list(query: ListQuery): Promise<readonly Item[]>;
  outcome(key: string): Promise<Outcome | undefined>;
  /** A recorded key wins over a conflict, so that a retry is told what its first attempt did. */
  commit(change: Change): Promise<CommitResult>;
  /** Rejects when the store cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The environment variable that says where a store is. */
export interface StoreAddress {
  readonly variable: string;
  readonly protocols: readonly string[];
}

export interface StoreOptions {
  /** Undefined when the store needs no address. */
  readonly url: string | undefined;
  /** Keeps services apart that share a server. */
  readonly namespace: string;
  /** Told when the connection breaks; the store goes on trying. */
  readonly onError: (error: Error) => void;
}

/** Opens the chosen store at once, whether its server can be reached yet or not: readiness tells that. */
export type OpenStore = (options: StoreOptions) => Store;

export const outcomeLifetimeMs = 24 * 60 * 60 * 1000;

export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('The store does not answer', { cause });
    this.name = 'StoreUnavailable';
  }
}

// Who asks for readiness does not wait for long either.
const pingDeadlineMs = 1000;

/** The same store, in which every failure and every silence longer than the deadline is a StoreUnavailable. */
export function withDeadline(store: Store, deadlineMs: number): Store {
  const inTime = async <T>(operation: Promise<T>, ms = deadlineMs): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([operation, silence]);
    } catch (error) {
      throw new StoreUnavailable(error);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    get: (id) => inTime(store.get(id)),
    list: (query) => inTime(store.list(query)),
    outcome: (key) => inTime(store.outcome(key)),
    commit: (change) => inTime(store.commit(change)),
    ping: () => inTime(store.ping(), pingDeadlineMs),
    close: () => store.close(),
  };
}
