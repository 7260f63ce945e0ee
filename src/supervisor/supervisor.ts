import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';

import {
  markerVariables,
  type InstanceEnvironment,
  type InstanceFacts,
  type JobMessage,
  type JobRequest,
  type LaunchRequest,
  type PortTable,
  type SupervisedInstance,
  type SupervisorConfig,
  type SupervisorState,
} from '../protocol/supervisor-api.ts';
import type { System } from '../protocol/system.ts';
import { findFreePort, isFree } from './instances/free-port.ts';
import { environmentOf, stateFileOf } from './instances/instance-environment.ts';
import { instanceTable } from './instances/instance-table.ts';
import { Instance } from './instances/instance.ts';
import { SpawnError } from './instances/spawn-child.ts';
import { Jobs } from './jobs.ts';
import { createLogWriter, type LogWriter } from './logs/log-writer.ts';
import { findFamily, killFamily } from './processes/end-processes.ts';
import { findListening } from './processes/process-table.ts';
import { Refusal } from './refusal.ts';
import { Publisher } from './registry/publisher.ts';
import type { RegistryAddress } from './registry/registry-client.ts';
import { portNumbers, type RecordKeeper } from './runtime/record-keeper.ts';

interface Supervised {
  readonly instance: Instance;
  readonly log: LogWriter;
}

/** How long a program may take to end after it has been asked. */
const graceMs = 10_000;
/** How long gateways may take to learn that an instance is about to stop. */
const drainWithinMs = 2000;
const tokenBytes = 24;

/** Owns everything that runs for one workspace. What cannot be done is refused with a Refusal. */
export class Supervisor {
  readonly #config: SupervisorConfig;
  readonly #record: RecordKeeper;
  readonly #publisher: Publisher;
  readonly #jobs: Jobs;
  readonly #registryToken = randomBytes(tokenBytes).toString('hex');
  readonly #supervised = new Map<string, Supervised>();
  #ports: PortTable;
  #closing: Promise<void> | undefined;

  constructor(config: SupervisorConfig, record: RecordKeeper) {
    this.#config = config;
    this.#record = record;
    this.#ports = config.ports;
    this.#jobs = new Jobs(config.workspace, record);
    this.#publisher = new Publisher({
      registry: () => this.#registry(),
      table: () => instanceTable(this.#views()),
    });
  }

  state(): SupervisorState {
    const { workspace, root } = this.#config;
    return {
      workspace,
      root,
      pid: process.pid,
      ports: this.#ports,
      systemVersion: this.#publisher.publishedVersion ?? null,
      registryToken: this.#registryToken,
      instances: this.#views(),
    };
  }

  setPorts(ports: PortTable): void {
    this.#ports = ports;
    this.#record.setPorts(ports);
  }

  /** Starts an instance; ready when its program runs, whether or not it serves already. */
  async launch(request: LaunchRequest): Promise<SupervisedInstance> {
    this.#refuseWhenClosing();
    const { id } = request;
    const present = this.#supervised.get(id);
    if (present !== undefined && present.instance.view.state !== 'gone')
      throw new Refusal('exists', `${id} runs already`);
    if (present !== undefined) await this.#remove(id, present);
    const supervised = this.#supervise(request);
    this.#supervised.set(id, supervised);
    try {
      await supervised.log.remove();
      await supervised.instance.start();
    } catch (error) {
      await this.#remove(id, supervised);
      if (error instanceof SpawnError)
        throw new Refusal('not-runnable', `${request.id} cannot be started: ${error.message}`);
      throw error;
    }
    return supervised.instance.view;
  }

  /** Takes an instance out of service, lets it finish what it has, ends and forgets it. Done when it is not there. */
  async stop(id: string): Promise<void> {
    const supervised = this.#supervised.get(id);
    if (supervised === undefined) return;
    const { instance } = supervised;
    if (instance.request.role === 'service' && instance.view.state === 'running') {
      instance.drain();
      if (this.#hasGateway()) await this.#publisher.applied(drainWithinMs);
    }
    await this.#end(id, supervised);
  }

  crash(id: string): void {
    if (!this.#required(id).crash()) throw new Refusal('failed', `${id} does not run right now`);
  }

  async publish(system: System): Promise<void> {
    this.#refuseWhenClosing();
    await this.#publisher.publish(system);
  }

  facts(id: string): InstanceFacts {
    const instance = this.#required(id);
    const pids = findFamily(instance.family).map(({ pid }) => pid);
    return {
      instance: instance.view,
      signal: instance.lastSignal ?? null,
      nextStartAt: instance.nextStartAt?.toISOString() ?? null,
      listening: findListening(pids) ?? null,
    };
  }

  environment(id: string): InstanceEnvironment {
    const { request, view } = this.#required(id);
    return { directory: request.directory, env: this.#environmentOf(request, view.port) };
  }

  /** Runs a command that ends by itself, until then or until the signal. */
  async runJob(request: JobRequest, tell: (message: JobMessage) => Promise<void>, signal: AbortSignal): Promise<void> {
    this.#refuseWhenClosing();
    await this.#jobs.run(request, tell, signal);
  }

  /** Stops everything, and whatever escaped from it; nothing can be started any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends what it started by itself, at once: all else of the workspace is somebody else's now. */
  abandon(): void {
    for (const { instance } of this.#supervised.values()) instance.crash();
  }

  async #close(): Promise<void> {
    await this.#jobs.close();
    this.#publisher.close();
    // Nobody is served any more, so nobody has to learn who leaves. What services talk to goes last.
    const all = Array.from(this.#supervised);
    const isService = ([, { instance }]: (typeof all)[number]): boolean => instance.request.role === 'service';
    for (const stage of [all.filter((entry) => isService(entry)), all.filter((entry) => !isService(entry))])
      await Promise.all(stage.map(([id, supervised]) => this.#end(id, supervised)));
    await killFamily({ leaders: [], markers: { [markerVariables.workspace]: this.#config.workspace } });
    await rm(this.#config.logDirectory, { recursive: true, force: true });
    await rm(this.#config.stateDirectory, { recursive: true, force: true });
  }

  #supervise(request: LaunchRequest): Supervised {
    const log = createLogWriter(this.#config.logDirectory, request.id);
    const instance = new Instance(request, {
      workspace: this.#config.workspace,
      log,
      choosePort: (last) => this.#choosePort(request, last),
      environmentOf: (port) => this.#environmentOf(request, port),
      recordGroup: (leader) => this.#record.setGroup(request.id, leader),
      changed: () => this.#changed(request),
    });
    return { instance, log };
  }

  #changed({ role }: LaunchRequest): void {
    if (role === 'registry') this.#publisher.registryChanged();
    else this.#publisher.tableChanged();
  }

  async #end(id: string, supervised: Supervised): Promise<void> {
    await supervised.instance.stop(graceMs);
    await this.#remove(id, supervised);
  }

  async #remove(id: string, { log }: Supervised): Promise<void> {
    this.#supervised.delete(id);
    this.#record.removeGroup(id);
    await log.remove();
    await rm(stateFileOf(this.#config.stateDirectory, id), { force: true });
    this.#publisher.tableChanged();
  }

  async #choosePort({ id, port }: LaunchRequest, last: number | undefined): Promise<number> {
    if (port !== undefined) return port;
    if (last !== undefined && (await isFree(last))) return last;
    return findFreePort(`${this.#config.workspace} ${id}`, (candidate) => this.#isReserved(candidate));
  }

  #isReserved(port: number): boolean {
    return portNumbers(this.#ports).includes(port) || this.#views().some((view) => view.port === port);
  }

  #environmentOf(request: LaunchRequest, port: number): Readonly<Record<string, string>> {
    const { workspace, stateDirectory } = this.#config;
    const { gatewayAdmin: gatewayAdminPort } = this.#ports;
    return environmentOf(request, {
      workspace,
      port,
      registryToken: this.#registryToken,
      gatewayAdminPort,
      stateDirectory,
    });
  }

  #views(): readonly SupervisedInstance[] {
    return Array.from(this.#supervised.values(), ({ instance }) => instance.view);
  }

  #registry(): RegistryAddress | undefined {
    const registry = this.#views().find(({ role, state }) => role === 'registry' && state !== 'gone');
    return registry && { port: registry.port, token: this.#registryToken };
  }

  #hasGateway(): boolean {
    return this.#views().some(({ role, state }) => role === 'gateway' && state === 'running');
  }

  #required(id: string): Instance {
    const supervised = this.#supervised.get(id);
    if (supervised === undefined) throw new Refusal('unknown', `there is no instance ${id}`);
    return supervised.instance;
  }

  #refuseWhenClosing(): void {
    if (this.#closing !== undefined) throw new Refusal('closing', 'the system is being stopped');
  }
}
