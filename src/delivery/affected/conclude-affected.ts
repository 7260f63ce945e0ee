import type { Outline } from '../../model/outline.ts';
import type { Affected, AffectedService } from './affected.ts';
import { calleesFirst } from './callees-first.ts';
import type { Touched } from './find-touched.ts';

/** What became of the contract of a service whose program may have changed. */
export type ContractState = 'same' | 'changed' | 'missing';

export interface Conclusion {
  readonly services: readonly Omit<AffectedService, 'stack'>[];
  readonly system: Affected['system'];
}

/** Who notices: callers of a service whose contract changed, or that has none by which they could be spared. */
export function concludeAffected(
  workspace: Outline,
  touched: Touched,
  contracts: ReadonlyMap<string, ContractState>,
): Conclusion {
  const reasons = reasonsOf(workspace, touched, contracts);
  const order = calleesFirst(workspace.services);
  const all = touched.everything.length > 0 || touched.gateway.length > 0;
  const running = all ? undefined : withCallees(workspace, [...reasons.keys()]);
  return {
    services: order.flatMap(({ name, source }) => {
      const own = reasons.get(name);
      return own === undefined || source.kind === 'image' ? [] : [{ name, path: source.path, reasons: own }];
    }),
    system: order.map(({ name }) => name).filter((name) => running?.has(name) ?? true),
  };
}

function reasonsOf(
  { services }: Outline,
  touched: Touched,
  contracts: ReadonlyMap<string, ContractState>,
): ReadonlyMap<string, readonly string[]> {
  const found = services.map((service) => {
    const own = touched.services.get(service.name) ?? [];
    return [service.name, [...own, ...calleeReasons(service, touched, contracts), ...touched.everything]] as const;
  });
  return new Map(found.filter(([, reasons]) => reasons.length > 0));
}

function calleeReasons(
  { calls }: Outline['services'][number],
  { programs }: Touched,
  contracts: ReadonlyMap<string, ContractState>,
): readonly string[] {
  return calls
    .filter((callee) => programs.has(callee) && contracts.get(callee) !== 'same')
    .map((callee) =>
      contracts.get(callee) === 'changed' ? `the contract of ${callee}` : `${callee}, which has no contract`,
    );
}

/** These services, all they call, all those call, and so on. */
export function withCallees({ services }: Outline, names: readonly string[]): ReadonlySet<string> {
  const callsOf = new Map(services.map(({ name, calls }) => [name, calls]));
  const found = new Set(names);
  // A set is walked to its end, also through what is added on the way.
  for (const name of found) for (const callee of callsOf.get(name) ?? []) found.add(callee);
  return found;
}
