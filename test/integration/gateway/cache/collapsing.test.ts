import { describe, expect, test } from 'vitest';

import { waitUntil } from '../../../support/wait-until.ts';
import { openSocket } from '../support.ts';
import { startCached } from './cache-support.ts';
import type { Reply, Serve } from './cache-support.ts';

const fresh = { 'cache-control': 'max-age=60' };
const shared: Reply = { fields: fresh, body: 'shared' };
const own: Reply = { fields: { 'cache-control': 'no-store' }, body: 'own' };

/** A service that answers when it is told to, and what. */
function heldBack() {
  const open: ((reply: Reply) => void)[] = [];
  const serve: Serve = () => new Promise<Reply>((resolve) => open.push(resolve));
  const holds = (count: number) => waitUntil(`${count} requests are there`, async () => open.length >= count);
  return { open, serve, holds };
}

describe('many requests for the same at once', () => {
  test('are one to the service', async () => {
    const { open, serve, holds } = heldBack();
    await using gateway = await startCached(serve);
    const asking = Array.from({ length: 20 }, () => gateway.ask());
    await holds(1);
    open[0]?.(shared);
    const answers = await Promise.all(asking);
    expect(answers.map(({ text }) => text)).toEqual(answers.map(() => 'shared'));
    expect(answers.filter(({ cache }) => cache.includes('; collapsed')).length).toBeGreaterThan(0);
    expect(gateway.asked).toHaveLength(1);
  });

  test('go by themselves when the answer is not for others, and at once the next time', async () => {
    const { open, serve, holds } = heldBack();
    await using gateway = await startCached(serve);
    const asking = Array.from({ length: 5 }, () => gateway.ask());
    await holds(1);
    open[0]?.(own);
    await holds(5);
    for (const reply of open.slice(1)) reply(own);
    await Promise.all(asking);
    const next = [gateway.ask(), gateway.ask()];
    await holds(7);
    for (const reply of open.slice(5)) reply(shared);
    await Promise.all(next);
  });

  test('go on when the client of the first has gone', async () => {
    const { open, serve, holds } = heldBack();
    await using gateway = await startCached(serve);
    const socket = openSocket(gateway);
    socket.write(`GET /orders HTTP/1.1\r\nhost: 127.0.0.1:${gateway.port}\r\n\r\n`);
    await holds(1);
    const asking = [gateway.ask(), gateway.ask()];
    socket.destroy();
    await holds(2);
    open[1]?.(shared);
    for (const { text } of await Promise.all(asking)) expect(text).toBe('shared');
    expect(gateway.asked).toHaveLength(2);
  });

  test('get nothing of an answer that breaks off', async () => {
    const { open, serve, holds } = heldBack();
    await using gateway = await startCached(serve);
    const first = gateway.ask().catch(() => 'broken');
    await holds(1);
    const second = gateway.ask();
    open[0]?.({ fields: fresh, body: 'x'.repeat(70_000), promised: 100_000 });
    await holds(2);
    open[1]?.({ fields: fresh, body: 'whole' });
    expect(await first).toBe('broken');
    expect(await second).toMatchObject({ text: 'whole' });
    expect(await gateway.ask()).toMatchObject({ text: 'whole' });
  });

  test('wait for the whole when the first one was told that its client has it', async () => {
    const { open, serve, holds } = heldBack();
    await using gateway = await startCached(serve);
    const first = gateway.ask({ 'if-none-match': '"a"' });
    await holds(1);
    const others = [gateway.ask(), gateway.ask()];
    open[0]?.({ status: 304, fields: { etag: '"a"' } });
    expect(await first).toMatchObject({ status: 304 });
    await holds(2);
    open[1]?.(shared);
    for (const { text } of await Promise.all(others)) expect(text).toBe('shared');
    expect(gateway.asked).toHaveLength(2);
  });

  test('with credentials are as many to the service', async () => {
    const { open, serve, holds } = heldBack();
    await using gateway = await startCached(serve);
    const asking = ['alice', 'bob'].map((name) => gateway.ask({ authorization: name }));
    await holds(2);
    for (const reply of open) reply(own);
    await Promise.all(asking);
  });
});
