import { setTimeout as sleep } from 'node:timers/promises';

import type { InstanceRecord } from '../../protocol/instances.ts';
import { engineSource, registryPaths } from '../../protocol/registry-api.ts';
import type { System } from '../../protocol/system.ts';
import { putJson, readGateways, readRevision, type RegistryAddress } from './registry-client.ts';

export interface PublisherSurroundings {
  /** Undefined while no registry runs. */
  readonly registry: () => RegistryAddress | undefined;
  readonly table: () => readonly InstanceRecord[];
}

/** What a registry is known to have; each start of it makes a new one. */
interface Told {
  version: string | undefined;
  table: string | undefined;
}

const publishWithinMs = 30_000;
const firstRetryMs = 25;
const longestRetryMs = 500;
const pollMs = 20;

/** Keeps the registry's picture of the system the same as ours. */
export class Publisher {
  readonly #surroundings: PublisherSurroundings;
  #system: System | undefined;
  #told: Told = { version: undefined, table: undefined };
  #pushing = false;
  #closed = false;
  #failure = '';

  constructor(surroundings: PublisherSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Version of the system the registry has. */
  get publishedVersion(): string | undefined {
    return this.#told.version;
  }

  tableChanged(): void {
    void this.#pushUntilCurrent();
  }

  /** The registry has ended, or was started again: it may know nothing. */
  registryChanged(): void {
    this.#told = { version: undefined, table: undefined };
    void this.#pushUntilCurrent();
  }

  /** Ready when the registry has the system; rejects when there is no registry to tell, or it does not take it. */
  async publish(system: System): Promise<void> {
    this.#system = system;
    if (await this.#becomesCurrent(Date.now() + publishWithinMs)) return;
    throw new Error(this.#surroundings.registry() === undefined ? 'no registry runs' : this.#failure);
  }

  /** Waits until the registry has the present table and every gateway has applied it, but not for ever. */
  async applied(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    if (!(await this.#becomesCurrent(deadline))) return;
    const address = this.#surroundings.registry();
    if (address !== undefined) await waitForGateways(address, deadline);
  }

  close(): void {
    this.#closed = true;
  }

  async #becomesCurrent(deadline: number): Promise<boolean> {
    while (!this.#isCurrent()) {
      if (Date.now() > deadline || this.#surroundings.registry() === undefined) return false;
      void this.#pushUntilCurrent();
      await sleep(pollMs);
    }
    return true;
  }

  #isCurrent(): boolean {
    const { version, table } = this.#told;
    return version === this.#system?.version && table === JSON.stringify(this.#surroundings.table());
  }

  async #pushUntilCurrent(): Promise<void> {
    if (this.#pushing) return;
    this.#pushing = true;
    let retryMs = firstRetryMs;
    while (!this.#closed && !this.#isCurrent()) {
      const address = this.#surroundings.registry();
      if (address === undefined) break;
      try {
        await this.#push(address);
        retryMs = firstRetryMs;
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
        await sleep(retryMs, undefined, { ref: false });
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    }
    this.#pushing = false;
  }

  async #push(address: RegistryAddress): Promise<void> {
    const told = this.#told;
    const system = this.#system;
    if (system !== undefined && told.version !== system.version) {
      await putJson(address, registryPaths.system, system);
      told.version = system.version;
    }
    const instances = this.#surroundings.table();
    await putJson(address, registryPaths.source(engineSource), { instances });
    told.table = JSON.stringify(instances);
  }
}

async function waitForGateways(address: RegistryAddress, deadline: number): Promise<void> {
  try {
    const { epoch, revision } = await readRevision(address);
    while (Date.now() < deadline) {
      const gateways = await readGateways(address);
      if (gateways.every((gateway) => gateway.epoch === epoch && gateway.revision >= revision)) return;
      await sleep(pollMs);
    }
  } catch {
    // A registry that fails now streams nothing to the gateways either: they find out by themselves.
  }
}
