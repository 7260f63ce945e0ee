import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import { follow, get, linkOf, relsOf, sampleFor, send, type Reply } from '../../scripts/hypermedia-client.js';

/** What a walk has seen: `created -pay> paid` for each transition, and the states that can be deleted or edited. */
export interface Walk {
  readonly transitions: readonly string[];
  readonly deletable: readonly string[];
  readonly editable: readonly string[];
}

interface Relation {
  readonly rel: string;
  readonly method: string;
  readonly path: string;
}

/**
 * Explores all that a service can do from its one address, following links only. In every state it checks both
 * directions: what is linked works, and what the service knows but does not link now is refused for the state.
 */
export async function walk(url: string): Promise<Walk> {
  const entry = await get(url);
  const relations = await knownRelations(entry);
  const seen = { transitions: new Set<string>(), deletable: new Set<string>(), editable: new Set<string>() };
  const explored = new Set<string>();
  const open: string[][] = [[]];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const item = await reach(entry, path);
    const status = statusOf(item);
    if (explored.has(status)) continue;
    explored.add(status);
    await expectRefused(item, relations);
    for (const rel of relsOf(item).filter(
      (each) => relations.some((known) => known.rel === each) && each !== 'delete',
    )) {
      const next = await follow(await reach(entry, path), rel);
      expect(next.status, JSON.stringify(next.body)).toBe(200);
      seen.transitions.add(`${status} -${rel}> ${statusOf(next)}`);
      open.push([...path, rel]);
    }
    if (linkOf(item, 'edit') !== undefined) {
      const edited = await follow(item, 'edit', await sampleFor(item, 'edit'));
      expect(edited.status, JSON.stringify(edited.body)).toBe(200);
      seen.editable.add(status);
    }
    if (linkOf(item, 'delete') !== undefined) {
      const again = await reach(entry, path);
      expect((await follow(again, 'delete')).status).toBe(204);
      expect((await get(linkOf(again, 'self')?.href ?? '')).status).toBe(404);
      seen.deletable.add(status);
    }
  }
  return { transitions: sorted(seen.transitions), deletable: sorted(seen.deletable), editable: sorted(seen.editable) };
}

/** Creates an item and leads it along relations. */
async function reach(entry: Reply, path: readonly string[]): Promise<Reply> {
  let item = await follow(entry, 'create', await sampleFor(entry, 'create'));
  expect(item.status, JSON.stringify(item.body)).toBe(201);
  for (const rel of path) item = await follow(item, rel);
  return item;
}

/** The relations that the service documents itself, found by their links. */
async function knownRelations(entry: Reply): Promise<Relation[]> {
  const documented: { rel: string; href: string }[] = entry.body.links.filter(
    ({ rel }: { rel: string }) => rel === 'describedby',
  );
  const pages = await Promise.all(documented.map(async ({ href }) => (await get(href)).body as Relation));
  return pages.filter(({ rel }) => rel !== 'create');
}

function sorted(values: ReadonlySet<string>): string[] {
  return [...values].toSorted();
}

async function expectRefused(item: Reply, relations: readonly Relation[]): Promise<void> {
  const self = linkOf(item, 'self')?.href ?? '';
  for (const { rel, method, path } of relations.filter((known) => linkOf(item, known.rel) === undefined)) {
    const href = new URL(path.replace('{id}', item.body.id), self).href;
    const headers = { 'if-match': item.headers.etag ?? '', 'idempotency-key': `"${randomUUID()}"` };
    const refused = await send(method, href, { headers });
    expect(refused, `${rel} in ${statusOf(item)}`).toMatchObject({
      status: 409,
      body: { currentState: item.body.status },
    });
  }
}

function statusOf({ body }: Reply): string {
  return body.status ?? 'stateless';
}
