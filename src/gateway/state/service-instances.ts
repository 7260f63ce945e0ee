import type { Instance } from '../../protocol/instances.ts';
import type { ServiceProtocol } from '../../protocol/system.ts';
import type { Balancer } from '../balance/choose-endpoint.ts';
import { Endpoint } from '../balance/endpoint.ts';
import type { EjectionKind } from '../balance/endpoint.ts';
import { recover } from '../balance/recover.ts';
import type { RecoveryParts } from '../balance/recover.ts';
import { RetryBudget } from '../balance/retry-budget.ts';
import type { Connect, Upstream } from '../proxy/upstream.ts';

export type GatewayEndpoint = Endpoint<Upstream>;

export interface ServiceParts {
  readonly connect: Connect;
  readonly recovery: RecoveryParts;
  /** From 0 to just below 1. */
  readonly random: () => number;
}

/** The instances of one service, and what requests to them share. It outlives every state, so that nothing is forgotten. */
export class ServiceInstances {
  readonly name: string;
  readonly budget = new RetryBudget();
  endpoints: readonly GatewayEndpoint[] = [];
  addresses: ReadonlySet<string> = new Set();
  private readonly parts: ServiceParts;
  private protocol: ServiceProtocol = 'http';
  private readonly connect = (address: string, port: number): Upstream =>
    this.parts.connect(address, port, this.protocol);

  constructor(name: string, parts: ServiceParts) {
    this.name = name;
    this.parts = parts;
  }

  /** What its instances speak from the next update on. */
  speak(protocol: ServiceProtocol): void {
    if (protocol === this.protocol) return;
    this.protocol = protocol;
    // Those who were spoken to otherwise are others now.
    this.close();
    this.endpoints = [];
  }

  /** Takes the registry's rows; an instance that is still where it was keeps its connections and its record. */
  update(instances: readonly Instance[]): void {
    const before = new Map(this.endpoints.map((endpoint) => [endpoint.id, endpoint]));
    this.endpoints = instances.map((instance) => {
      const known = before.get(instance.id);
      if (!known?.isAt(instance)) return new Endpoint(instance, this.connect);
      before.delete(instance.id);
      known.update(instance);
      return known;
    });
    this.addresses = new Set(instances.map(({ address }) => address));
    for (const gone of before.values()) gone.close();
  }

  choose(balancer: Balancer, tried: readonly GatewayEndpoint[], key: number | undefined): GatewayEndpoint | undefined {
    const now = balancer.needsTime ? performance.now() : undefined;
    return balancer.choose({ endpoints: this.endpoints, tried, random: this.parts.random, key, now });
  }

  /** Takes an instance out that has answered 5xx this often in a row. */
  noteError(endpoint: GatewayEndpoint, ejectAfter: number): boolean {
    endpoint.errors += 1;
    return endpoint.errors >= ejectAfter && this.eject(endpoint, 'errors');
  }

  /** Takes an instance out until it is back; false when it was out already. */
  eject(endpoint: GatewayEndpoint, kind: EjectionKind): boolean {
    if (!endpoint.eject(kind)) return false;
    void recover(endpoint, this.parts.recovery);
    return true;
  }

  close(): void {
    for (const endpoint of this.endpoints) endpoint.close();
  }
}
