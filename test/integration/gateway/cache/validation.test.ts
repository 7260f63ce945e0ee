import { describe, expect, test } from 'vitest';

import { waitUntil } from '../../../support/wait-until.ts';
import { counting, Gate, passSeconds, startCached } from './cache-support.ts';
import type { Serve } from './cache-support.ts';

const tagged = { 'cache-control': 'max-age=60', etag: '"1"', 'content-type': 'text/plain' };

/** Says of every answer but the first that it still holds, if it is asked. */
const steady: Serve = ({ headers }, times) =>
  headers['if-none-match'] === '"1"'
    ? { status: 304, fields: { 'cache-control': 'max-age=30', etag: '"1"', 'x-times': String(times) } }
    : { fields: tagged, body: `answer ${times}` };

const renamed: Serve = (_asked, times) => ({ fields: { ...tagged, etag: `"${times}"` }, body: `answer ${times}` });

const askedEachTime: Serve = ({ headers }, times) =>
  headers['if-none-match'] === '"1"'
    ? { status: 304, fields: { etag: '"1"' } }
    : { fields: { 'cache-control': 'no-cache', etag: '"1"' }, body: `answer ${times}` };

const failing: Serve = (_asked, times) =>
  times === 2 ? { status: 503, body: 'sorry' } : { fields: { 'cache-control': 'max-age=10' }, body: `answer ${times}` };

const breaking: Serve = (_asked, times) => ({
  fields: { 'cache-control': 'max-age=10' },
  body: `answer ${times}`,
  ...(times > 1 && { promised: 100 }),
});

describe('a client that has the answer', () => {
  test('is told so by the gateway', async () => {
    await using gateway = await startCached(counting(tagged));
    await gateway.ask();
    const told = await gateway.ask({ 'if-none-match': 'W/"1"' });
    expect(told).toMatchObject({
      status: 304,
      text: '',
      fields: { etag: '"1"', age: '0', 'cache-control': 'max-age=60' },
    });
    expect(told.fields['content-type']).toBeUndefined();
    expect(await gateway.ask({ 'if-none-match': '"2"' })).toMatchObject({ status: 200, text: 'answer 1' });
    expect(gateway.asked).toHaveLength(1);
  });

  test('is told so of what has just come, which is kept for others', async () => {
    await using gateway = await startCached(counting(tagged));
    await gateway.ask({}, '/orders?page=1');
    expect(await gateway.ask({ 'if-none-match': '"1"' }, '/orders?page=2')).toMatchObject({ status: 304, text: '' });
    expect(gateway.asked[1]?.headers['if-none-match']).toBeUndefined();
    expect(await gateway.ask({}, '/orders?page=2')).toMatchObject({ status: 200, text: 'answer 2' });
    expect(gateway.asked).toHaveLength(2);
  });

  test('asks the service itself as long as nothing of the path is known', async () => {
    await using gateway = await startCached(steady);
    expect(await gateway.ask({ 'if-none-match': '"1"' })).toMatchObject({ status: 304 });
    expect(await gateway.ask()).toMatchObject({ status: 200, text: 'answer 2' });
  });

  test('and a condition that only the service can decide goes to it', async () => {
    await using gateway = await startCached(counting(tagged));
    await gateway.ask();
    expect(await gateway.ask({ 'if-match': '"1"' })).toMatchObject({ text: 'answer 2', cache: 'msa; fwd=bypass' });
    expect(gateway.asked[1]?.headers['if-match']).toBe('"1"');
  });
});

describe('a stale answer', () => {
  test('is given again when the service says that it still holds', async () => {
    await using gateway = await startCached(steady);
    await gateway.ask();
    passSeconds(61);
    const again = await gateway.ask();
    expect(again).toMatchObject({ status: 200, text: 'answer 1', cache: 'msa; fwd=stale; fwd-status=304; ttl=30' });
    expect(again.fields).toMatchObject({
      'x-times': '2',
      age: '0',
      'content-type': 'text/plain',
      'content-length': '8',
    });
    passSeconds(20);
    expect(await gateway.ask()).toMatchObject({ status: 200, text: 'answer 1' });
    expect(gateway.asked).toHaveLength(2);
  });

  test('is asked about with its own tag, whatever the client has', async () => {
    await using gateway = await startCached(steady);
    await gateway.ask();
    passSeconds(61);
    expect(await gateway.ask({ 'if-none-match': '"0"' })).toMatchObject({ status: 200, text: 'answer 1' });
    passSeconds(61);
    expect(await gateway.ask({ 'if-none-match': '"1"' })).toMatchObject({ status: 304, text: '' });
    expect(gateway.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  });

  test('is replaced by a new one', async () => {
    await using gateway = await startCached(renamed);
    await gateway.ask();
    passSeconds(61);
    expect(await gateway.ask()).toMatchObject({ text: 'answer 2', cache: 'msa; fwd=stale; fwd-status=200; stored' });
    expect(await gateway.ask()).toMatchObject({ text: 'answer 2' });
  });

  test('that must be asked about each time is', async () => {
    await using gateway = await startCached(askedEachTime);
    for (let round = 0; round < 3; round += 1) expect(await gateway.ask()).toMatchObject({ text: 'answer 1' });
    expect(gateway.asked).toHaveLength(3);
  });

  test('is given while a newer one is fetched, by a request that looks like the client’s', async () => {
    const gate = new Gate();
    await using gateway = await startCached(async (_asked, times) => {
      if (times === 2) await gate.opened;
      const fields = { 'cache-control': 'max-age=10, stale-while-revalidate=60', etag: `"${times}"` };
      return { fields, body: `answer ${times}` };
    });
    await gateway.ask({ 'x-own': 'yes' });
    passSeconds(11);
    for (let round = 0; round < 3; round += 1) {
      const stale = await gateway.ask({ 'x-own': 'yes' });
      expect(stale).toMatchObject({ text: 'answer 1', fields: { age: '11' } });
      expect(stale.cache).toMatch(/^msa; hit; ttl=-[12]$/);
    }
    await waitUntil('a newer one is fetched', async () => gateway.asked.length === 2);
    const [first, second] = gateway.asked;
    expect(second?.headers).toMatchObject({ host: first?.headers['host'], 'x-own': 'yes', 'if-none-match': '"1"' });
    expect(second?.headers['x-forwarded-for']).toBe(first?.headers['x-forwarded-for']);
    gate.open();
    await waitUntil('it is there', async () => (await gateway.ask()).text === 'answer 2');
    expect(gateway.asked).toHaveLength(2);
  });
});

describe('while the service fails', () => {
  test('a stale answer is given where the route says so, and the service left in peace for a second', async () => {
    await using gateway = await startCached(failing, { policy: { staleIfErrorMs: 60_000 } });
    await gateway.ask();
    passSeconds(11);
    const stale = await gateway.ask();
    expect(stale).toMatchObject({ status: 200, text: 'answer 1', fields: { age: '11' } });
    expect(stale.cache).toMatch(/^msa; fwd=stale; fwd-status=503; ttl=-[12]$/);
    expect(await gateway.ask()).toMatchObject({ status: 200, text: 'answer 1' });
    expect(gateway.asked).toHaveLength(2);
  });

  test('the failure is passed on where nothing says so', async () => {
    await using gateway = await startCached(failing);
    await gateway.ask();
    passSeconds(11);
    expect(await gateway.ask()).toMatchObject({ status: 503, text: 'sorry' });
  });

  test('a stale answer is given also when nobody is there at all, until it is too old', async () => {
    await using gateway = await startCached(counting({ 'cache-control': 'max-age=10, stale-if-error=60' }));
    await gateway.ask();
    await gateway.service[Symbol.asyncDispose]();
    passSeconds(11);
    expect(await gateway.ask()).toMatchObject({ status: 200, text: 'answer 1' });
    passSeconds(60);
    expect(await gateway.ask()).toMatchObject({ status: 503 });
    expect(gateway.asked).toHaveLength(1);
  });

  test('a stale answer is given also when the service breaks off in the middle', async () => {
    await using gateway = await startCached(breaking, { policy: { staleIfErrorMs: 60_000 } });
    await gateway.ask();
    passSeconds(11);
    expect(await gateway.ask()).toMatchObject({ status: 200, text: 'answer 1' });
  });
});
