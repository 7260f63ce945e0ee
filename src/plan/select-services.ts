import type { Service } from '../model/workspace.ts';

/** The services of these names with everything they call, and what that calls, and so on. */
export function withCallees(services: readonly Service[], names: Iterable<string>): ReadonlySet<string> {
  const selected = new Set<string>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (selected.has(name)) continue;
    selected.add(name);
    pending.push(...(services.find((service) => service.name === name)?.calls ?? []));
  }
  return selected;
}
