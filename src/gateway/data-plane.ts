import { setTimeout as sleep } from 'node:timers/promises';

import type { GatewayLimits } from '../protocol/policies/gateway-limits.ts';
import type { WatchState } from '../protocol/watch.ts';
import { LiveLimits } from './limit/live-limits.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { EdgeListeners } from './listen/edge-listeners.ts';
import { Listener } from './listen/listener.ts';
import type { Credentials } from './listen/listener.ts';
import { createPublicRole } from './listen/public-role.ts';
import { collectMetrics } from './observe/collect-metrics.ts';
import { Consumers } from './observe/consumers.ts';
import { describeStatus } from './observe/describe-status.ts';
import type { GatewayStatus } from './observe/describe-status.ts';
import type { Log } from './observe/log.ts';
import type { Family } from './observe/metrics.ts';
import { ProcessLoad } from './observe/process-load.ts';
import type { Feature } from './pipeline/feature.ts';
import { createFeatures } from './pipeline/features.ts';
import { callService } from './proxy/own-call.ts';
import { probe } from './proxy/probe.ts';
import { Tunnels } from './proxy/tunnel.ts';
import { createUpstream } from './proxy/upstream.ts';
import { needsSharedStore } from './redis/needs-shared-store.ts';
import { RedisStore } from './redis/redis-store.ts';
import { noStore } from './redis/shared-store.ts';
import { Current } from './state/current.ts';
import { Services } from './state/services.ts';
import { Targets } from './state/targets.ts';

/** What takes requests: in this process, or in several. */
export interface DataPlane {
  readonly port: number;
  readonly isReady: boolean;
  /** Takes requests from now on. */
  listen(): Promise<void>;
  /** Works by this state from now on; fulfilled when every edge of it listens. False when it is not worth it. */
  apply(state: WatchState): Promise<boolean>;
  metrics(): Promise<readonly Family[]>;
  /** What it knows, for people. */
  status(): Promise<object>;
  /** Finishes what is under way, as long as the limits allow. */
  close(): Promise<void>;
}

export interface DataPlaneConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** For links in answers to clients that do not name the host they ask. */
  readonly publicUrl: string | undefined;
  /** The Redis that gateways share; undefined: there is none. */
  readonly redisUrl?: string | undefined;
  /** With which the public listener speaks TLS; undefined: it does not. */
  readonly tls?: Credentials | undefined;
  readonly limits?: Partial<Limits>;
}

export interface DataPlaneDeps {
  readonly log: Log;
  /** From 0 to just below 1. */
  readonly random?: (() => number) | undefined;
  /** Instead of all that there are. */
  readonly features?: typeof createFeatures | undefined;
}

const recovery = { probe, sleep: (ms: number) => sleep(ms, undefined, { ref: false }) };

/** The listeners of this process, and all that happens to requests behind them. */
export class LocalDataPlane implements DataPlane {
  private readonly config: DataPlaneConfig;
  private readonly limits: LiveLimits;
  private readonly log: Log;
  /** A plain field, because every request asks. */
  private draining = false;
  private readonly features: readonly Feature[];
  private readonly current: Current;
  private readonly listener: Listener;
  private readonly edges: EdgeListeners;
  private readonly redis: RedisStore | undefined;
  private readonly consumers = new Consumers();
  private readonly load = new ProcessLoad();

  constructor(config: DataPlaneConfig, { log, random = Math.random, features = createFeatures }: DataPlaneDeps) {
    const { publicUrl, redisUrl } = config;
    this.config = config;
    this.limits = new LiveLimits({ ...defaultLimits, ...config.limits });
    const limits = this.limits.current;
    this.log = log;
    this.redis = redisUrl === undefined ? undefined : new RedisStore({ url: redisUrl, log, random });
    const services = new Services({ connect: createUpstream(limits), recovery, random });
    const service = services.find.bind(services);
    const tunnels = new Tunnels(limits);
    const handler = {
      limits,
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
  }

  get port(): number {
    return this.listener.port;
  }

  get isReady(): boolean {
    return this.current.state !== undefined && !this.draining;
  }

  listen(): Promise<void> {
    return this.listener.listen(this.config.port, this.config.host);
  }

  async apply(state: WatchState): Promise<boolean> {
    if (!this.current.take(state)) {
      this.log.say('warn', 'state without a system ignored');
      return false;
    }
    this.applyLimits(state.system?.gateway?.limits);
    this.redis?.setNeeded(needsSharedStore(state.system));
    await this.edges.apply(this.current.routing.edges);
    return true;
  }

  async metrics(): Promise<readonly Family[]> {
    return collectMetrics(this.gatewayStatus());
  }

  async status(): Promise<object> {
    return describeStatus(this.gatewayStatus());
  }

  async close(): Promise<void> {
    this.draining = true;
    await Promise.all([this.listener.close(this.limits.current.drainMs), this.edges.close()]);
    for (const feature of this.features) await feature.close?.();
    this.current.services.close();
    this.redis?.close();
  }

  private applyLimits(said: GatewayLimits | undefined): void {
    const wrong = this.limits.apply(said);
    if (wrong.length > 0) this.log.say('error', 'limits make no sense and are as usual', { limits: wrong });
    this.listener.applyLimits();
    this.edges.applyLimits();
  }

  private gatewayStatus(): GatewayStatus {
    const { current, edges, redis, consumers, draining, load, features, listener } = this;
    const { refused } = listener;
    return { current, edgeProblems: edges.problems(), draining, redis, consumers, load, features, refused };
  }
}
