import { matchesOf } from '../../protocol/route-match.ts';
import type { SystemRoute } from '../../protocol/system.ts';

/** Paths of a service's contract that a route makes public. */
export interface PublicPaths {
  /** As clients know them; empty for all. */
  readonly path: string;
  /** As the service knows them. */
  readonly own: string;
  readonly isExact: boolean;
  /** In lower case; undefined: any. */
  readonly methods: readonly string[] | undefined;
}

/** What a route makes public of the services it leads to; nothing where their paths cannot be told from its own. */
export function publicPathsOf(route: SystemRoute): readonly PublicPaths[] {
  const change = route.policy?.rewrite?.path;
  if (change?.kind === 'full') return [];
  return matchesOf(route).map(({ path, exact = false, methods }) => {
    const prefix = path === '/' ? '' : path;
    return {
      path: prefix,
      own: change ? change.to : prefix,
      isExact: exact,
      methods: methods?.map((method) => method.toLowerCase()),
    };
  });
}

/** The public form of a path of a contract; undefined when it has none. */
export function publicForm(path: string, { path: outer, own, isExact }: PublicPaths): string | undefined {
  if (path === own) return outer === '' ? '/' : outer;
  if (isExact || !path.startsWith(`${own}/`)) return undefined;
  const rest = path.slice(own.length);
  return rest === '/' && outer !== own && outer !== '' ? outer : outer + rest;
}

const operations: ReadonlySet<string> = new Set([
  'delete',
  'get',
  'head',
  'options',
  'patch',
  'post',
  'put',
  'query',
  'trace',
]);

/** A path of a contract with those of its operations that the route takes; undefined when it takes none. */
export function publicOperations(
  item: Readonly<Record<string, unknown>>,
  { methods }: PublicPaths,
): Readonly<Record<string, unknown>> | undefined {
  if (methods === undefined) return item;
  const kept = Object.entries(item).filter(([name]) => !operations.has(name) || methods.includes(name));
  return kept.some(([name]) => operations.has(name)) ? Object.fromEntries(kept) : undefined;
}
