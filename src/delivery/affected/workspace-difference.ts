import { canonicalJson } from '../../model/canonical-json.ts';
import type { Workspace } from '../../model/workspace.ts';

/** Where two versions of msa.yaml mean different things. */
export interface WorkspaceDifference {
  /** Services whose entry is new or says something else. */
  readonly services: readonly string[];
  /** Those of them that run another program now, as another image is. */
  readonly programs: readonly string[];
  readonly gateway: boolean;
  /** Keys that concern every service. */
  readonly shared: readonly string[];
}

export const noDifference: WorkspaceDifference = { services: [], programs: [], gateway: false, shared: [] };

/** Compares what two versions mean: comments, order, spelling and defaults that were written out make no difference. */
export function compareWorkspaces(before: Workspace, now: Workspace): WorkspaceDifference {
  const former = new Map(before.services.map((service) => [service.name, service]));
  const differing = now.services.filter((service) => differs(former.get(service.name), service));
  return {
    services: differing.map(({ name }) => name),
    programs: differing.filter(({ name, source }) => differs(former.get(name)?.source, source)).map(({ name }) => name),
    gateway: differs(before.gateway, now.gateway),
    shared: sharedDifferences(before, now),
  };
}

/** How it is delivered touches nobody: what is delivered stays the same. */
function sharedDifferences(before: Workspace, now: Workspace): readonly string[] {
  const { services: _, gateway: _gateway, delivery: _delivery, ...shared } = now;
  const former: Readonly<Record<string, unknown>> = { ...before };
  return Object.entries(shared)
    .filter(([key, value]) => differs(former[key], value))
    .map(([key]) => key);
}

function differs(one: unknown, other: unknown): boolean {
  return canonicalJson(one) !== canonicalJson(other);
}
