import { fieldOf } from '../http/fields.ts';
import { readTarget } from '../http/normal-path.ts';
import type { Incoming } from '../proxy/incoming.ts';

/**
 * The paths of a service that a request which is not safe may have changed: its own, and those its answer names if they
 * are of the same host (RFC 9111, 4.4).
 */
export function changedResources(incoming: Incoming, fields: readonly string[]): readonly string[] {
  const { onwardPath, path, authority } = incoming;
  const paths = new Set([onwardPath]);
  // Where paths are rewritten, what an answer names is not what the service knows it by.
  if (path !== onwardPath) return [onwardPath];
  for (const name of ['location', 'content-location']) {
    const named = pathOf(fieldOf(fields, name), authority);
    if (named !== undefined) paths.add(named);
  }
  return [...paths];
}

function pathOf(reference: string | undefined, authority: string | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const isPath = reference.startsWith('/') && !reference.startsWith('//');
  const target = isPath || /^https?:\/\//i.test(reference) ? readTarget(reference) : undefined;
  if (!target || !('path' in target)) return undefined;
  const isOurs = target.authority === undefined || target.authority.toLowerCase() === authority?.toLowerCase();
  return isOurs ? target.path : undefined;
}
