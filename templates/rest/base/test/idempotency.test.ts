import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { actionsOf } from '../src/resource.ts';
import { StoreUnavailable } from '../src/store.ts';
import type { Store } from '../src/store.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { collection, create, createTestApp, declared, newKey, sampleDraft, send } from './support.ts';

const firstTransition = actionsOf(declared).find(
  ({ kind, states }) => kind === 'transition' && states?.includes(declared.machine?.initial ?? ''),
);

test('a retry gets the first result again, with links for whoever asks', async () => {
  const store = createMemoryStore();
  const request = { payload: sampleDraft(), headers: { 'idempotency-key': newKey() } };
  const first = await send(createTestApp({ store }), 'POST', collection, request);
  const config = { trusts: () => false, publicUrl: 'https://other.example' };
  const again = await send(createTestApp({ store, config }), 'POST', collection, request);
  assert.deepEqual([again.status, again.headers['idempotency-replayed']], [201, 'true']);
  assert.equal(again.body.id, first.body.id);
  assert.equal(again.body.links[0].href, `https://other.example${collection}/${first.body.id}`);
  assert.equal((await store.list({ limit: 10 })).length, 1);
});

test('a key that was used for something else is refused', async () => {
  const app = createTestApp();
  const headers = { 'idempotency-key': newKey() };
  const { body } = await send(app, 'POST', collection, { payload: sampleDraft(), headers });
  const reply = await send(app, 'PUT', `${collection}/${body.id}`, {
    payload: sampleDraft(),
    headers: { ...headers, 'if-match': '*' },
  });
  assert.equal(reply.status, 422);
});

test(
  'a retried transition is replayed although its If-Match and its state are past',
  { skip: !firstTransition && 'no transitions' },
  async () => {
    const app = createTestApp();
    const { body, etag } = await create(app);
    const headers = { 'idempotency-key': newKey(), 'if-match': etag };
    const pay = () => send(app, 'POST', `${collection}/${body.id}${firstTransition?.path}`, { headers });
    const first = await pay();
    const again = await pay();
    assert.equal(first.status, 200, first.text);
    assert.deepEqual([again.status, again.body], [200, first.body]);
  },
);

test('two instances that get the same request at once have one effect', async () => {
  const store = createMemoryStore();
  // Both have looked for the key before either commits.
  const outcome: Store['outcome'] = async (key) => {
    const found = await store.outcome(key);
    await sleep(20);
    return found;
  };
  const slow: Store = { ...store, outcome };
  const apps = [createTestApp({ store: slow }), createTestApp({ store: slow })];
  const request = { payload: sampleDraft(), headers: { 'idempotency-key': newKey() } };
  const replies = await Promise.all(apps.map((app) => send(app, 'POST', collection, request)));
  assert.deepEqual(
    replies.map(({ status }) => status),
    [201, 201],
  );
  assert.equal(new Set(replies.map(({ body }) => body.id)).size, 1);
  assert.equal((await store.list({ limit: 10 })).length, 1);
});

test(
  'an instance that comes second sees the same outcome, not the changed item',
  { skip: !firstTransition && 'no transitions' },
  async () => {
    const store = createMemoryStore();
    const fast = createTestApp({ store });
    const { body, etag } = await create(fast);
    const request = { headers: { 'idempotency-key': newKey(), 'if-match': etag } };
    const pay = (app = fast) => send(app, 'POST', `${collection}/${body.id}${firstTransition?.path}`, request);
    // Looks for the key before the other instance commits, and at the item after.
    const get: Store['get'] = async (id) => {
      await pay();
      return store.get(id);
    };
    const reply = await pay(createTestApp({ store: { ...store, get } }));
    assert.deepEqual([reply.status, reply.headers['idempotency-replayed']], [200, 'true'], reply.text);
  },
);

test('the same key twice at once on one instance is told to wait', async () => {
  const app = createTestApp({ rules: { create: () => sleep(30) } });
  const request = { payload: sampleDraft(), headers: { 'idempotency-key': newKey() } };
  const replies = await Promise.all([send(app, 'POST', collection, request), send(app, 'POST', collection, request)]);
  assert.deepEqual(replies.map(({ status }) => status).toSorted(), [201, 409]);
  assert.equal((await send(app, 'POST', collection, request)).status, 201);
});

test('a request that fails before its commit leaves nothing behind, so that a retry runs', async () => {
  const store = createMemoryStore();
  const commit: Store['commit'] = async () => {
    throw new StoreUnavailable('gone');
  };
  const broken: Store = { ...store, commit };
  const request = { payload: sampleDraft(), headers: { 'idempotency-key': newKey() } };
  assert.equal((await send(createTestApp({ store: broken }), 'POST', collection, request)).status, 503);
  const retry = await send(createTestApp({ store }), 'POST', collection, request);
  assert.deepEqual([retry.status, retry.headers['idempotency-replayed']], [201, undefined]);
});
