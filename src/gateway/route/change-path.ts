import type { PathChange } from '../../protocol/policies/path-change.ts';

/** The path that stands for another one. Never empty, and never one that could be read as a host. */
export function changePath(path: string, change: PathChange): string {
  if (change.kind === 'full') return change.path;
  const rest = path.slice(change.from.length);
  const changed = change.to.endsWith('/') ? change.to.slice(0, -1) + rest : change.to + rest;
  if (changed === '') return '/';
  return changed.startsWith('//') ? changed.replace(/^\/+/, '/') : changed;
}

/**
 * What stands before a service's own paths in the addresses clients know, so that its links can lead back there;
 * undefined when no prefix would make them right.
 */
export function prefixInFront(change: PathChange): string | undefined {
  if (change.kind === 'full') return undefined;
  const { from, to } = change;
  if (!from.endsWith(to)) return undefined;
  const front = from.slice(0, from.length - to.length);
  return front === '' ? undefined : front;
}
