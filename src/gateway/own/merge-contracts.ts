import { asObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';
import { publicForm, publicOperations } from './public-paths.ts';
import type { PublicPaths } from './public-paths.ts';

export interface Contract {
  readonly service: string;
  /** What of it has a route. */
  readonly routes: readonly PublicPaths[];
  /** Its OpenAPI document. */
  readonly document: JsonObject;
}

interface Merged {
  readonly paths: Record<string, unknown>;
  /** By section (`schemas`, `parameters`, …), then by name. */
  readonly components: Record<string, Record<string, unknown>>;
  readonly tags: unknown[];
}

/**
 * One OpenAPI document of many: the paths that have a route, and all components. Links point to components by name, so
 * a name is kept unless two services mean different things by it; then it gets the later service's name in front.
 */
export function mergeContracts(info: { title: string; version: string }, contracts: readonly Contract[]): JsonObject {
  const merged: Merged = { paths: {}, components: {}, tags: [] };
  const operationIds = new Set<string>();
  for (const contract of contracts) {
    const renamed = renamedComponents(contract, merged.components);
    const rewrite = createRewriter(contract.service, renamed, operationIds);
    for (const [section, entries] of sectionsOf(contract.document)) {
      const target = (merged.components[section] ??= {});
      for (const [name, value] of Object.entries(entries)) {
        target[renamed.get(`${section}/${name}`) ?? name] ??= rewrite(value);
      }
    }
    for (const [path, item] of Object.entries(objectOf(contract.document['paths']))) {
      for (const route of contract.routes) addPath(merged, { path, item: objectOf(rewrite(item)), route });
    }
    const tags = contract.document['tags'];
    if (Array.isArray(tags)) merged.tags.push(...tags);
    for (const id of operationIdsOf(contract.document)) operationIds.add(id);
  }
  return { openapi: '3.1.1', info, servers: [{ url: '/' }], ...merged };
}

interface RoutedItem {
  readonly path: string;
  readonly item: JsonObject;
  readonly route: PublicPaths;
}

/** An operation that another service has there already is the other's. */
function addPath({ paths }: Merged, { path, item, route }: RoutedItem): void {
  const outer = publicForm(path, route);
  const operations = publicOperations(item, route);
  if (outer !== undefined && operations) paths[outer] = { ...operations, ...objectOf(paths[outer]) };
}

/** New names for those components whose name means something else already, and for those that refer to them. */
function renamedComponents({ service, document }: Contract, known: Merged['components']): ReadonlyMap<string, string> {
  const entries = sectionsOf(document).flatMap(([section, components]) =>
    Object.entries(components).map(([name, value]) => ({
      section,
      name,
      key: `${section}/${name}`,
      text: JSON.stringify(value),
    })),
  );
  const renamed = new Map<string, string>();
  const taken = entries.filter(({ section, name }) => known[section]?.[name] !== undefined);
  let before = -1;
  while (renamed.size !== before) {
    before = renamed.size;
    for (const { section, name, key, text } of taken) {
      const differs = JSON.stringify(known[section]?.[name]) !== text;
      const refersToRenamed = [...renamed.keys()].some((other) => text.includes(`"#/components/${other}"`));
      if (differs || refersToRenamed) renamed.set(key, `${service}.${name}`);
    }
  }
  return renamed;
}

/** Copies a part of a document with the new names of components and with operation ids that no other service has. */
function createRewriter(service: string, renamed: ReadonlyMap<string, string>, takenIds: ReadonlySet<string>) {
  const rewriteText = (key: string, text: string): string => {
    if (key === 'operationId') return takenIds.has(text) ? `${service}.${text}` : text;
    const [, section = '', name = '', rest = ''] = /^#\/components\/([^/]+)\/([^/]+)(.*)$/s.exec(text) ?? [];
    const newName = renamed.get(`${section}/${name}`);
    return newName === undefined ? text : `#/components/${section}/${newName}${rest}`;
  };
  const rewrite = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return rewriteText(key, value);
    if (Array.isArray(value)) return value.map((item) => rewrite(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rewrite(item, name)]));
  };
  return rewrite;
}

function operationIdsOf(document: JsonObject): string[] {
  return Object.values(objectOf(document['paths'])).flatMap((item) =>
    Object.values(objectOf(item)).flatMap((operation) => {
      const { operationId } = objectOf(operation);
      return typeof operationId === 'string' ? [operationId] : [];
    }),
  );
}

function sectionsOf(document: JsonObject): [string, JsonObject][] {
  return Object.entries(objectOf(document['components'])).map(([section, entries]) => [section, objectOf(entries)]);
}

function objectOf(value: unknown): JsonObject {
  return asObject(value) ?? {};
}
