import { canonicalJson } from './canonical-json.ts';
import type { Service } from './workspace.ts';

/** Hex SHA-256 of a text. */
type Sha256 = (text: string) => string;

/**
 * A hash of what an instance was created from: when it changes, instances are replaced. What is applied while they
 * run (routes, and how many of them there are) and what is only for people leaves it alone.
 */
export function configHash(service: Service, sha256: Sha256): string {
  const { description: _forPeople, replicas: _scaled, routes: _live, calls, ...created } = service;
  // The order of calls gives the same variables, so it does not count.
  return sha256(canonicalJson({ ...created, calls: calls.toSorted() }));
}

/** What tells two checkouts of one workspace apart: its name and six digits of its real path. */
export function workspaceId(name: string, realPath: string, sha256: Sha256): string {
  return `${name}-${sha256(realPath).slice(0, 6)}`;
}
