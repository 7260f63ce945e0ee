import { actionsOf, creationOf, isAllowed } from './resource.ts';
import type { Resource } from './resource.ts';
import type { Item } from './store.ts';

export interface Link {
  readonly rel: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly href: string;
  readonly title?: string;
  /** Where the schema of the body to send is. */
  readonly schema?: string;
  /** The request headers that must be sent. */
  readonly requires?: readonly string[];
}

/** Something to show, before it takes the form of a media type. */
export interface Representation {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly links: readonly Link[];
  readonly items?: readonly Representation[];
}

/** An item with exactly the links that its state allows. */
export function representItem(resource: Resource, item: Item, base: string): Representation {
  const { id, fields, status, version, createdAt, updatedAt } = item;
  return {
    properties: {
      id,
      ...inDeclaredOrder(resource, fields),
      ...(status !== undefined && { status }),
      version,
      createdAt,
      updatedAt,
    },
    links: itemLinks(resource, item, base),
  };
}

/** Stores may reorder what they keep, but the same version must always look the same: its ETag says so. */
function inDeclaredOrder(resource: Resource, fields: Item['fields']): Item['fields'] {
  const present = Object.keys(resource.fields).filter((name) => Object.hasOwn(fields, name));
  return Object.fromEntries(present.map((name) => [name, fields[name]]));
}

/** Where an item leads from its present state. */
export function itemLinks(resource: Resource, item: Item, base: string): Link[] {
  const collection = `${base}/${resource.plural}`;
  const self = `${collection}/${item.id}`;
  const possible = actionsOf(resource).filter((action) => isAllowed(action, item.status));
  return [
    { rel: 'self', method: 'GET', href: self },
    { rel: 'collection', method: 'GET', href: collection },
    ...possible.map(({ rel, method, path, title, requires, kind }) => ({
      rel,
      method,
      href: `${self}${path}`,
      title,
      ...(kind === 'edit' && { schema: draftSchemaHref(resource, base) }),
      requires,
    })),
  ];
}

export function createLink(resource: Resource, base: string): Link {
  const { rel, method, title, requires } = creationOf(resource);
  const href = `${base}/${resource.plural}`;
  return { rel, method, href, title, schema: draftSchemaHref(resource, base), requires };
}

function draftSchemaHref(resource: Resource, base: string): string {
  return `${base}/openapi.json#/components/schemas/${resource.type}Draft`;
}
