import type { Instance } from '../../protocol/instances.ts';
import { ServiceInstances } from './service-instances.ts';
import type { ServiceParts } from './service-instances.ts';

/** The services the gateway knows, by name. They outlive states: each keeps its connections and its record. */
export class Services {
  private readonly byName = new Map<string, ServiceInstances>();
  /** Stands where a route has no service; nobody ever takes a request. */
  readonly nobody: ServiceInstances;
  private readonly parts: ServiceParts;

  constructor(parts: ServiceParts) {
    this.nobody = new ServiceInstances('', parts);
    this.parts = parts;
  }

  get all(): readonly ServiceInstances[] {
    return [...this.byName.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** Undefined when there is no such service. */
  find(name: string): ServiceInstances | undefined {
    return this.byName.get(name);
  }

  /** Also one that nobody has told of: it has no instances yet. */
  get(name: string): ServiceInstances {
    const known = this.byName.get(name) ?? new ServiceInstances(name, this.parts);
    this.byName.set(name, known);
    return known;
  }

  /** Takes the registry's table; who is neither named nor has instances is forgotten. */
  update(instances: readonly Instance[], names: ReadonlySet<string>): void {
    const rows = new Map<string, Instance[]>();
    for (const instance of instances) rows.set(instance.service, [...(rows.get(instance.service) ?? []), instance]);
    for (const [name, service] of this.byName) service.update(rows.get(name) ?? []);
    for (const name of new Set([...names, ...rows.keys()])) {
      if (!this.byName.has(name)) this.get(name).update(rows.get(name) ?? []);
    }
    for (const name of this.byName.keys()) if (!names.has(name) && !rows.has(name)) this.byName.delete(name);
  }

  close(): void {
    for (const service of this.byName.values()) service.close();
  }
}
