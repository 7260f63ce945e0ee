import type { Service } from '../../model/workspace.ts';

/** Services behind those they call, else in their own order; in a cycle the first of it comes last. */
export function calleesFirst(services: readonly Service[]): readonly Service[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const seen = new Set<string>();
  const order: Service[] = [];
  const visit = (service: Service): void => {
    if (seen.has(service.name)) return;
    seen.add(service.name);
    for (const callee of service.calls) {
      const called = byName.get(callee);
      if (called !== undefined) visit(called);
    }
    order.push(service);
  };
  for (const service of services) visit(service);
  return order;
}
