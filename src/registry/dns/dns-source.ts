import type { InstanceRecord } from '../../protocol/instances.ts';
import type { DnsEntry } from './dns-entry.ts';
import type { HostResolver } from './resolve-host.ts';

const pollMs = 1000;
/** How often in a row nobody may answer before what was known counts as gone: its addresses get new owners. */
const maxSilences = 2;
const maxInstances = 50;

export interface DnsSourceDeps {
  readonly resolver: HostResolver;
  /** Whether an address may be one of ours: what a foreign name server says of our names is somebody else. */
  readonly isNear: (address: string) => boolean;
  /** What is known from before, so that a restart does not begin with nobody. */
  readonly known: readonly InstanceRecord[];
  /** Told the whole table, each time it has changed. */
  readonly publish: (records: readonly InstanceRecord[]) => void;
}

interface Watched {
  readonly entry: DnsEntry;
  records: readonly InstanceRecord[];
  silences: number;
}

/** Finds instances by resolving the names of their services again and again. */
export class DnsSource {
  /** Fulfilled when every name has been asked for once. */
  readonly firstRound: Promise<void>;
  readonly #deps: DnsSourceDeps;
  readonly #watched: readonly Watched[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosed = false;

  constructor(entries: readonly DnsEntry[], deps: DnsSourceDeps) {
    this.#deps = deps;
    this.#watched = entries.map((entry) => ({
      entry,
      records: deps.known.filter(({ service }) => service === entry.service),
      silences: 0,
    }));
    this.firstRound = Promise.all(this.#watched.map((watched) => this.#poll(watched))).then(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#deps.resolver.close();
  }

  async #poll(watched: Watched): Promise<void> {
    const records = await this.#find(watched);
    if (this.#isClosed) return;
    if (JSON.stringify(records) !== JSON.stringify(watched.records)) {
      watched.records = records;
      this.#deps.publish(this.#watched.flatMap((each) => each.records));
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#poll(watched);
    }, pollMs);
    this.#timers.add(timer);
  }

  async #find(watched: Watched): Promise<readonly InstanceRecord[]> {
    const answer = await this.#deps.resolver.addresses(watched.entry.host);
    watched.silences = answer === undefined ? watched.silences + 1 : 0;
    if (answer === undefined && watched.silences < maxSilences) return watched.records;
    const addresses = [...new Set(answer)].filter((address) => this.#deps.isNear(address)).slice(0, maxInstances);
    const kept = watched.records.filter(({ address }) => addresses.includes(address));
    const fresh = addresses.filter((address) => !kept.some((record) => record.address === address));
    const records = [...kept];
    for (const address of fresh) records.push(await this.#identify(watched.entry, address, records));
    return records.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  }

  /** `orders-2` where the address has a name that ends so, as Compose gives its containers; else with the address. */
  async #identify(
    { service, port }: DnsEntry,
    address: string,
    taken: readonly InstanceRecord[],
  ): Promise<InstanceRecord> {
    const names = await this.#deps.resolver.names(address);
    const numbers = names.map((name) => new RegExp(`(?:^|[-_])${service}[-_](\\d+)(?:\\.|$)`).exec(name)?.[1]);
    const number = numbers.find(
      (found) => found !== undefined && !taken.some(({ id }) => id === `${service}-${found}`),
    );
    return { id: `${service}-${number ?? address.replaceAll('.', '-')}`, service, address, port, draining: false };
  }
}
