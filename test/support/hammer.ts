import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import { follow, get, linkOf, sampleFor, send, type Reply } from '../../scripts/hypermedia-client.js';
import type { ServiceProcess } from './service-process.ts';

/*
 * Two instances of one service on one store, under fire. The service is found by its links; each reply tells what it did.
 */

/** Many writers on one item through both instances: as many versions as writes that were answered with success. */
export async function expectNoLostUpdate(urls: readonly [string, string]): Promise<void> {
  const item = await create(urls[0]);
  const draft = await sampleFor(item, 'edit');
  const path = new URL(linkOf(item, 'self')?.href ?? '').pathname;
  const write = async (writer: number): Promise<number> => {
    let done = 0;
    for (let round = 0; round < 15; round += 1) {
      const at = `${urls[(writer + round) % 2]}${path}`;
      const seen = await get(at);
      const reply = await send('PUT', at, { headers: { 'if-match': seen.headers.etag ?? '' }, body: draft });
      expect([200, 412], JSON.stringify(reply.body)).toContain(reply.status);
      if (reply.status === 200) done += 1;
    }
    return done;
  };
  const writes = await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
  const total = writes.reduce((sum, done) => sum + done, 0);
  expect((await get(`${urls[1]}${path}`)).body.version).toBe(item.body.version + total);
}

/** The same transition sent to both instances at once, with one key: one effect, and the same answer for everybody. */
export async function expectSingleEffect(urls: readonly [string, string], rel: string): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const item = await create(urls[0]);
    const { pathname } = new URL(linkOf(item, rel)?.href ?? '');
    const headers = { 'idempotency-key': `"${randomUUID()}"`, 'if-match': item.headers.etag ?? '' };
    const replies = await Promise.all([0, 1, 0, 1].map((at) => send('POST', `${urls[at]}${pathname}`, { headers })));
    // Two at once on the same instance are told apart from two in the system: one of them waits.
    const answered = replies.filter((reply) => !isStillRunning(reply));
    expect(answered.length).toBeGreaterThan(0);
    for (const reply of answered) {
      expect(reply, JSON.stringify(reply.body)).toMatchObject({
        status: 200,
        body: { version: item.body.version + 1 },
      });
    }
    const after = await get(linkOf(item, 'self')?.href ?? '');
    expect(after.body.version).toBe(item.body.version + 1);
  }
}

/** An instance dies by SIGKILL amid creations; every one that broke is sent to the other with the same key: none twice. */
export async function expectNothingLostByKill(victim: ServiceProcess, other: ServiceProcess): Promise<void> {
  const entry = await get(`${other.url}/`);
  const draft = await sampleFor(entry, 'create');
  const { pathname } = new URL(linkOf(entry, 'create')?.href ?? '');
  const ids = new Set<string>();
  let broken = 0;
  const createMany = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      const options = { headers: { 'idempotency-key': `"${randomUUID()}"` }, body: draft };
      const first = await send('POST', `${victim.url}${pathname}`, options).catch(() => undefined);
      if (first === undefined) broken += 1;
      const reply = first ?? (await send('POST', `${other.url}${pathname}`, options));
      expect(reply.status, JSON.stringify(reply.body)).toBe(201);
      ids.add(reply.body.id);
      if (ids.size === 40) victim.kill();
    }
  };
  const before = await countItems(other.url);
  await Promise.all(Array.from({ length: 10 }, createMany));
  expect(broken).toBeGreaterThan(0);
  expect(ids.size).toBe(200);
  expect(await countItems(other.url)).toBe(before + 200);
}

async function create(url: string): Promise<Reply> {
  const entry = await get(`${url}/`);
  const item = await follow(entry, 'create', await sampleFor(entry, 'create'));
  expect(item.status, JSON.stringify(item.body)).toBe(201);
  return item;
}

function isStillRunning({ status, body }: Reply): boolean {
  return status === 409 && String(body.type).endsWith('/still-running');
}

async function countItems(url: string): Promise<number> {
  const entry = await get(`${url}/`);
  let count = 0;
  let href: string | undefined = `${linkOf(entry, 'collection')?.href}?limit=100`;
  while (href !== undefined) {
    const page = await get(href);
    count += page.body.items.length;
    href = linkOf(page, 'next')?.href;
  }
  return count;
}
