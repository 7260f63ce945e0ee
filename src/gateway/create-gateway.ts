import { Agent } from 'undici';

import type { GatewayStats } from '../protocol/stats.ts';
import type { WatchState } from '../protocol/watch.ts';
import { LocalDataPlane } from './data-plane.ts';
import type { DataPlane, DataPlaneConfig, DataPlaneDeps } from './data-plane.ts';
import { AdminServer } from './observe/admin-server.ts';
import { Log } from './observe/log.ts';
import type { LogLevel } from './observe/log.ts';
import { summarize } from './observe/summarize.ts';
import { Reporter } from './state/report-applied.ts';
import { StateFile } from './state/state-file.ts';
import { watchRegistry } from './state/watch-registry.ts';

export interface GatewayConfig extends DataPlaneConfig {
  /** Of the listener for health, metrics and status; undefined: there is none. */
  readonly adminPort: number | undefined;
  readonly instanceId: string;
  /** Undefined: states come through `apply` alone. */
  readonly registry: { readonly url: string; readonly token: string } | undefined;
  readonly stateFile: string | undefined;
  readonly logLevel: LogLevel;
}

export interface GatewayDeps extends Omit<DataPlaneDeps, 'log'> {
  /** Takes log lines. */
  readonly write: (text: string) => void;
  /** Who takes requests; left out: this process. */
  readonly dataPlane?: (log: Log) => DataPlane;
}

const registryConnectMs = 1000;

/** The whole gateway but for its process: follows the registry, lets the data plane work by what it says, and reports. */
export class Gateway {
  private readonly config: GatewayConfig;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private readonly dataPlane: DataPlane;
  private readonly admin: AdminServer;
  /** Of its own, because a registry that is being restarted gives no answer at all for a while. */
  private readonly registryAgent = new Agent({ connect: { timeout: registryConnectMs } });
  private readonly stateFile: StateFile | undefined;
  private readonly reporter: Reporter | undefined;
  /** The state that was given to the data plane last. */
  private state: WatchState | undefined;

  constructor(config: GatewayConfig, { write, random, features, dataPlane }: GatewayDeps) {
    const { registry, instanceId, stateFile } = config;
    this.config = config;
    const log = new Log(config.logLevel, write);
    this.log = log;
    this.dataPlane = dataPlane?.(log) ?? new LocalDataPlane(config, { log, random, features });
    this.admin = new AdminServer(this.dataPlane);
    this.stateFile = stateFile === undefined ? undefined : new StateFile(stateFile, log);
    const dispatcher = this.registryAgent;
    const stats = (): Promise<GatewayStats> => this.stats();
    this.reporter =
      registry &&
      new Reporter({ registryUrl: registry.url, dispatcher, token: registry.token, instanceId, log, stats });
  }

  get port(): number {
    return this.dataPlane.port;
  }

  get adminPort(): number {
    return this.admin.port;
  }

  /** Begins to serve: by the state of the last run, if one was kept, until the registry sends a newer one. */
  async listen(): Promise<void> {
    const { host, adminPort, registry } = this.config;
    const known = await this.stateFile?.read();
    if (known) void this.apply(known);
    await this.dataPlane.listen();
    if (adminPort !== undefined) await this.admin.listen(adminPort, host);
    if (!registry) return;
    const onState = (state: WatchState): void => void this.apply(state);
    const { log, registryAgent: dispatcher, stopping } = this;
    void watchRegistry({ registryUrl: registry.url, dispatcher, log, onState, signal: stopping.signal });
  }

  /** Works by this state from now on; resolves when every edge of it listens. */
  async apply(state: WatchState): Promise<void> {
    const before = this.state;
    this.state = state;
    const isTaken = await this.dataPlane.apply(state);
    if (!isTaken) {
      if (this.state === state) this.state = before;
      return;
    }
    this.stateFile?.write(state);
    // A newer one may have come while ports were opened.
    if (this.state === state) this.reporter?.report(state);
  }

  /** Finishes what is under way, as long as the limits allow. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.reporter?.close(), this.dataPlane.close()]);
    await this.admin.close();
    await this.registryAgent.destroy();
    await this.stateFile?.flush();
    this.log.flush();
  }

  private async stats(): Promise<GatewayStats> {
    return summarize(await this.dataPlane.metrics(), new Date().toISOString());
  }
}

export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  return new Gateway(config, deps);
}
