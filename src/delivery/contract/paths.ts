import type { Mapping } from '../../model/yaml/mapping.ts';
import { nameOf } from './change.ts';
import { deprecationOf, report, type Comparison } from './comparison.ts';
import { declaredOf, itemsOf, memberOf, membersOf, resolveMapping, textOf, type ContractDocument } from './document.ts';
import { compareOperation } from './operation.ts';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

interface PathItem {
  /** As it is written. */
  readonly path: string;
  readonly item: Mapping;
}

/** Paths and methods that came and went; operations that stayed are compared in themselves. */
export function comparePaths(comparison: Comparison): void {
  compareServers(comparison);
  const from = pathsOf(comparison.from);
  const to = pathsOf(comparison.to);
  for (const [template, before] of from) {
    const after = to.get(template);
    if (after === undefined) reportRemovedPath(comparison, before);
    else comparePathItems(comparison, before, after);
  }
  for (const [template, { path, item }] of to) {
    if (from.has(template)) continue;
    for (const [method, operation] of operationsOf(item)) {
      reportAdded(comparison, { method, path }, operation);
    }
  }
}

/** By their template without the names of parameters, which callers do not see. */
function pathsOf(document: ContractDocument): ReadonlyMap<string, PathItem> {
  const found = declaredOf(memberOf(document.root, 'paths')).flatMap(([path, value]) => {
    const item = resolveMapping(document, value);
    return item === undefined ? [] : [[path.replaceAll(/\{[^{}]*\}/g, '{}'), { path, item }] as const];
  });
  return new Map(found);
}

function operationsOf(item: Mapping): ReadonlyMap<string, unknown> {
  const known = methods.flatMap((method) =>
    Object.hasOwn(item, method) ? [[method.toUpperCase(), item[method]] as const] : [],
  );
  return new Map([...known, ...membersOf(memberOf(item, 'additionalOperations'))]);
}

function reportRemovedPath(comparison: Comparison, { path, item }: PathItem): void {
  const operations = operationsOf(item);
  const was = [...operations.values()].map((operation) => deprecationOf(operation));
  const deprecated = was.length > 0 && was.every((each) => each.deprecated);
  const sunset = deprecated ? was.find((each) => each.sunset !== undefined)?.sunset : undefined;
  const known = [...operations.keys()].join(', ');
  report(comparison, {
    rule: 'path-removed',
    breaking: operations.size > 0,
    document: 'from',
    owner: item,
    deprecated,
    sunset,
    operation: { method: undefined, path },
    says: `is gone${known === '' ? '' : ` (${known})`}`,
  });
}

function comparePathItems(comparison: Comparison, before: PathItem, after: PathItem): void {
  const from = operationsOf(before.item);
  const to = operationsOf(after.item);
  for (const [method, operation] of from) {
    const pair = { from: { ...before, operation }, to: { ...after, operation: to.get(method) } };
    if (to.has(method)) compareOperation(comparison, { operation: { method, path: after.path }, ...pair });
    else {
      report(comparison, {
        rule: 'method-removed',
        breaking: true,
        document: 'from',
        owner: operation,
        ...deprecationOf(operation),
        operation: { method, path: before.path },
        says: 'is gone',
      });
    }
  }
  for (const [method, operation] of to) {
    if (!from.has(method)) reportAdded(comparison, { method, path: after.path }, operation);
  }
}

function reportAdded(
  comparison: Comparison,
  operation: { readonly method: string; readonly path: string },
  owner: unknown,
): void {
  const says = `${nameOf(operation)} is new`;
  report(comparison, {
    rule: 'added',
    breaking: false,
    says: says.slice(nameOf(operation).length + 1),
    operation,
    document: 'to',
    owner,
  });
}

/** Callers inside reach a service by its name; what follows is the path of its server and that of the operation. */
function compareServers(comparison: Comparison): void {
  const from = serverPaths(comparison.from);
  const to = serverPaths(comparison.to);
  for (const path of from) {
    if (to.has(path)) continue;
    report(comparison, {
      rule: 'server-path-removed',
      breaking: true,
      operation: undefined,
      document: 'to',
      owner: comparison.to.root,
      says: `everything below ${path} is now below ${[...to].join(', ')}`,
    });
  }
}

function serverPaths({ root }: ContractDocument): ReadonlySet<string> {
  const servers = itemsOf(memberOf(root, 'servers'));
  const paths = servers.map((server) => {
    const url = (textOf(server, 'url') ?? '/').replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
      return textOf(memberOf(memberOf(server, 'variables'), name), 'default') ?? '';
    });
    const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
    return `/${path.replace(/^\.?\/*/, '').replace(/\/+$/, '')}`;
  });
  return new Set(paths.length === 0 ? ['/'] : paths);
}
