import { isDeepStrictEqual } from 'node:util';

import { databaseUrl } from '../../../plan/stores.ts';
import type { LocateRequest, Locations, Place } from '../../../ports/engine.ts';
import { supervisorPaths, type PortTable, type SupervisorState } from '../../../protocol/supervisor-api.ts';
import type { EngineOptions } from '../../create-engines.ts';
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
  #opening: Promise<void> | undefined;

  constructor(parts: PortKeeperParts) {
    this.#parts = parts;
  }

  async locate(request: LocateRequest): Promise<Locations> {
    const { supervisor, place, databasePassword } = this.#parts;
    const running = await supervisor.state();
    const ports = await choosePorts(request, {
      workspace: place.workspace,
      present: this.#chosen ?? running?.ports,
      own: ownPorts(running),
      foreign: this.#foreignPorts(),
      held: this.#held,
    });
    this.#chosen = ports;
    // What runs is protected by its record, and whoever asks at the same time has to see the same.
    if (running !== undefined) await this.#held.release();
    const urls = request.databases.map(
      (service) => [service, databaseUrl(service, databasePassword(), `127.0.0.1:${ports.postgres}`)] as const,
    );
    return locationsOf(request, ports, new Map(urls));
  }

  /** Starts the supervisor with the ports, unless there is one; from then on its record keeps them from others. */
  async open(): Promise<void> {
    this.#opening ??= this.#start().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Tells the supervisor what was chosen since it was started, and frees the ports for those who listen on them. */
  async commit(): Promise<PortTable> {
    const { supervisor } = this.#parts;
    const { ports: known } = await supervisor.required();
    const ports = this.#chosen ?? known;
    if (!isDeepStrictEqual(ports, known))
      await supervisor.call({ method: 'PUT', path: supervisorPaths.ports, body: ports });
    await this.#held.release();
    return ports;
  }

  async #start(): Promise<void> {
    if (this.#chosen === undefined) throw new Error('a system is opened before it has been located');
    await this.#parts.supervisor.start(this.#chosen);
    await this.commit();
  }

  async release(): Promise<void> {
    await this.#held.release();
  }

  #foreignPorts(): ReadonlyMap<number, string> {
    const { options, place } = this.#parts;
    const records = readRecords(trustedDirectories(runtimeDirectories(options.env)));
    const others = records.filter(({ workspace }) => workspace !== place.workspace);
    return new Map(
      others.flatMap(({ workspace, root, ports }) =>
        ports.map((port) => [port, `the system ${workspace} of ${root}`] as const),
      ),
    );
  }
}

/** Ports that instances listen on, or will again in a moment. */
function ownPorts(state: SupervisorState | undefined): ReadonlySet<number> {
  const alive = state?.instances.filter((instance) => instance.state !== 'gone') ?? [];
  const hasGateway = alive.some(({ role }) => role === 'gateway');
  const ofGateway =
    state !== undefined && hasGateway ? [state.ports.gatewayAdmin, ...Object.values(state.ports.edges)] : [];
  return new Set([...alive.map(({ port }) => port), ...ofGateway]);
}
