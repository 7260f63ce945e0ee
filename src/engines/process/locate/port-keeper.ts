import type { LocateRequest, Locations, Place } from '../../../ports/engine.ts';
import { supervisorPaths, type PortTable } from '../../../protocol/supervisor-api.ts';
import type { EngineOptions } from '../../create-engines.ts';
import { databaseUrl } from '../postgres/ensure-database.ts';
import { readRecords } from '../supervisor/records.ts';
import { runtimeDirectories, trustedDirectories } from '../supervisor/runtime-directory.ts';
import type { SupervisorLink } from '../supervisor/supervisor-link.ts';
import { choosePorts } from './choose-ports.ts';
import { createHeldPorts } from './held-ports.ts';
import { locationsOf } from './locations.ts';

export interface PortKeeperParts {
  readonly options: EngineOptions;
  readonly place: Place;
  readonly supervisor: SupervisorLink;
  readonly databasePassword: () => string;
}

/** The ports of a system: the supervisor's while one runs, and until then those that were chosen and are held. */
export class PortKeeper {
  readonly #parts: PortKeeperParts;
  readonly #held = createHeldPorts();
  #chosen: PortTable | undefined;
  #opening: Promise<PortTable> | undefined;

  constructor(parts: PortKeeperParts) {
    this.#parts = parts;
  }

  async locate(request: LocateRequest): Promise<Locations> {
    const { supervisor, databasePassword } = this.#parts;
    const running = (await supervisor.state())?.ports;
    const ports = await choosePorts(request, {
      workspace: this.#parts.place.workspace,
      present: running ?? this.#chosen,
      foreign: this.#foreignPorts(),
      held: this.#held,
    });
    this.#chosen = ports;
    if (running !== undefined) {
      await supervisor.call({ method: 'PUT', path: supervisorPaths.ports, body: ports });
      await this.#held.release();
    }
    const urls = request.databases.map(
      (service) => [service, databaseUrl(service, ports.postgres, databasePassword())] as const,
    );
    return locationsOf(request, ports, new Map(urls));
  }

  /** Starts the supervisor with the ports, unless there is one; from then on its record keeps them from others. */
  async open(): Promise<PortTable> {
    const running = await this.#parts.supervisor.state();
    if (running !== undefined) return running.ports;
    this.#opening ??= this.#start().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #start(): Promise<PortTable> {
    if (this.#chosen === undefined) throw new Error('a system is opened before it has been located');
    const { ports } = await this.#parts.supervisor.start(this.#chosen);
    await this.#held.release();
    return ports;
  }

  async release(): Promise<void> {
    await this.#held.release();
  }

  #foreignPorts(): ReadonlySet<number> {
    const { options, place } = this.#parts;
    const records = readRecords(trustedDirectories(runtimeDirectories(options.env)));
    return new Set(records.filter(({ workspace }) => workspace !== place.workspace).flatMap(({ ports }) => ports));
  }
}
