interface Calling {
  readonly name: string;
  readonly calls: readonly string[];
}

/** Services behind those they call, else in their own order; in a cycle the first of it comes last. */
export function calleesFirst<S extends Calling>(services: readonly S[]): readonly S[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const seen = new Set<string>();
  const order: S[] = [];
  const visit = (service: S): void => {
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
