import { asMapping } from '../../../model/yaml/mapping.ts';

/** A link as services of the rest template write it; of others, as much of it as they have. */
export interface Link {
  readonly rel: string;
  /** In capitals; GET when nothing is said. */
  readonly method: string;
  readonly href: string;
  /** Where the schema of the body to send is. */
  readonly schema: string | undefined;
  /** The request headers that must be sent, in lower case. */
  readonly requires: readonly string[];
}

/** Finds the links in a body: those of the whole, and those to its items, which have the relation `item` (RFC 6573). */
export function readLinks(body: unknown): readonly Link[] {
  const items = listOf(asMapping(body)?.['items']).flatMap((item) => {
    const self = linksOf(item).find(({ rel }) => rel === 'self');
    return self === undefined ? [] : [{ ...self, rel: 'item' }];
  });
  return [...linksOf(body), ...items];
}

function linksOf(representation: unknown): readonly Link[] {
  return listOf(asMapping(representation)?.['links']).flatMap((link) => readLink(link) ?? []);
}

function readLink(link: unknown): Link | undefined {
  const { rel, href, method, schema, requires } = asMapping(link) ?? {};
  if (typeof rel !== 'string' || typeof href !== 'string') return undefined;
  return {
    rel,
    method: typeof method === 'string' && /^[A-Za-z]+$/.test(method) ? method.toUpperCase() : 'GET',
    href,
    schema: typeof schema === 'string' ? schema : undefined,
    requires: listOf(requires).flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
