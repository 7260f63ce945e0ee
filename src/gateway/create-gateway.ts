import { setTimeout as sleep } from 'node:timers/promises';

import { Agent } from 'undici';

import type { WatchState } from '../protocol/watch.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { EdgeListeners } from './listen/edge-listeners.ts';
import { Listener } from './listen/listener.ts';
import type { Credentials } from './listen/listener.ts';
import { createPublicRole } from './listen/public-role.ts';
import { AdminServer } from './observe/admin-server.ts';
import type { GatewayStats } from '../protocol/stats.ts';
import { collectMetrics } from './observe/collect-metrics.ts';
import { Consumers } from './observe/consumers.ts';
import type { GatewayStatus } from './observe/describe-status.ts';
import { Log } from './observe/log.ts';
import type { LogLevel } from './observe/log.ts';
import { ProcessLoad } from './observe/process-load.ts';
import { summarize } from './observe/summarize.ts';
import type { Feature } from './pipeline/feature.ts';
import { createFeatures } from './pipeline/features.ts';
import { callService } from './proxy/own-call.ts';
import { Tunnels } from './proxy/tunnel.ts';
import { probe } from './proxy/probe.ts';
import { createUpstream } from './proxy/upstream.ts';
import { Current } from './state/current.ts';
import { Reporter } from './state/report-applied.ts';
import { RedisStore } from './redis/redis-store.ts';
import { noStore } from './redis/shared-store.ts';
import { needsSharedStore } from './redis/needs-shared-store.ts';
import { Services } from './state/services.ts';
import { StateFile } from './state/state-file.ts';
import { Targets } from './state/targets.ts';
import { watchRegistry } from './state/watch-registry.ts';

export interface GatewayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Of the listener for health, metrics and status; undefined: there is none. */
  readonly adminPort: number | undefined;
  readonly instanceId: string;
  /** Undefined: states come through `apply` alone. */
  readonly registry: { readonly url: string; readonly token: string } | undefined;
  readonly stateFile: string | undefined;
  /** For links in answers to clients that do not name the host they ask. */
  readonly publicUrl: string | undefined;
  /** The Redis that gateways share; undefined: there is none. */
  readonly redisUrl?: string | undefined;
  /** With which the public listener speaks TLS; undefined: it does not. */
  readonly tls?: Credentials | undefined;
  readonly logLevel: LogLevel;
  readonly limits?: Partial<Limits>;
}

export interface GatewayDeps {
  /** Takes log lines. */
  readonly write: (text: string) => void;
  /** From 0 to just below 1. */
  readonly random?: () => number;
  /** Instead of all that there are. */
  readonly features?: typeof createFeatures;
}

const registryConnectMs = 1000;

const recovery = { probe, sleep: (ms: number) => sleep(ms, undefined, { ref: false }) };

/** The whole gateway but for its process. */
export class Gateway {
  private readonly config: GatewayConfig;
  private readonly limits: Limits;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  /** The same as a plain field, because every request asks. */
  private draining = false;
  private readonly features: readonly Feature[];
  private readonly current: Current;
  private readonly listener: Listener;
  private readonly edges: EdgeListeners;
  private readonly admin: AdminServer;
  /** Of its own, because a registry that is being restarted gives no answer at all for a while. */
  private readonly registryAgent = new Agent({ connect: { timeout: registryConnectMs } });
  private readonly stateFile: StateFile | undefined;
  private readonly reporter: Reporter | undefined;
  private readonly redis: RedisStore | undefined;
  private readonly consumers = new Consumers();
  private readonly load = new ProcessLoad();

  constructor(config: GatewayConfig, { write, random = Math.random, features = createFeatures }: GatewayDeps) {
    const { registry, instanceId, publicUrl, redisUrl } = config;
    this.config = config;
    this.limits = { ...defaultLimits, ...config.limits };
    const log = new Log(config.logLevel, write);
    this.log = log;
    this.redis = redisUrl === undefined ? undefined : new RedisStore({ url: redisUrl, log, random });
    const services = new Services({ connect: createUpstream(this.limits), recovery, random });
    const service = services.find.bind(services);
    const tunnels = new Tunnels(this.limits);
    const handler = {
      limits: this.limits,
      log,
      random,
      service,
      isDraining: () => this.draining,
      tunnels,
      consumers: this.consumers,
    };
    this.features = features({
      ...handler,
      redis: this.redis ?? noStore,
      call: (request) => callService(request, handler),
    });
    this.current = new Current(services, new Targets({ services, features: this.features, log }));
    this.listener = new Listener(createPublicRole({ current: this.current, publicUrl, log }), handler, config.tls);
    this.edges = new EdgeListeners({ host: config.host, handler, log });
    this.admin = this.createAdmin();
    this.stateFile = config.stateFile === undefined ? undefined : new StateFile(config.stateFile, log);
    const dispatcher = this.registryAgent;
    const stats = (): GatewayStats => summarize(collectMetrics(this.status()), new Date().toISOString());
    this.reporter =
      registry &&
      new Reporter({ registryUrl: registry.url, dispatcher, token: registry.token, instanceId, log, stats });
  }

  get port(): number {
    return this.listener.port;
  }

  get adminPort(): number {
    return this.admin.port;
  }

  /** Begins to serve: by the state of the last run, if one was kept, until the registry sends a newer one. */
  async listen(): Promise<void> {
    const { host, port, adminPort, registry } = this.config;
    const known = await this.stateFile?.read();
    if (known) void this.apply(known);
    await this.listener.listen(port, host);
    if (adminPort !== undefined) await this.admin.listen(adminPort, host);
    if (!registry) return;
    const onState = (state: WatchState): void => void this.apply(state);
    const { log, registryAgent: dispatcher, stopping } = this;
    void watchRegistry({ registryUrl: registry.url, dispatcher, log, onState, signal: stopping.signal });
  }

  /** Works by this state from now on; resolves when every edge of it listens. */
  async apply(state: WatchState): Promise<void> {
    if (!this.current.take(state)) return this.log.say('warn', 'state without a system ignored');
    this.stateFile?.write(state);
    this.redis?.setNeeded(needsSharedStore(state.system));
    await this.edges.apply(this.current.routing.edges);
    // A newer one may have come while ports were opened.
    if (this.current.state === state) this.reporter?.report(state);
  }

  /** Finishes what is under way, as long as the limits allow. */
  async close(): Promise<void> {
    this.draining = true;
    this.stopping.abort();
    await Promise.all([this.reporter?.close(), this.listener.close(this.limits.drainMs), this.edges.close()]);
    for (const feature of this.features) await feature.close?.();
    this.current.services.close();
    this.redis?.close();
    await this.admin.close();
    await this.registryAgent.destroy();
    await this.stateFile?.flush();
    this.log.flush();
  }

  private createAdmin(): AdminServer {
    return new AdminServer({
      isReady: () => this.current.state !== undefined && !this.draining,
      status: () => this.status(),
    });
  }

  private status(): GatewayStatus {
    const { current, edges, redis, consumers, draining, load, features } = this;
    return { current, edgeProblems: edges.problems(), draining, redis, consumers, load, features };
  }
}

export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  return new Gateway(config, deps);
}
