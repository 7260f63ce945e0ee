import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import type { Item, Outcome, Store } from '../src/store.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { openStore, storeAddress } from '../src/stores/open.ts';

const variable = storeAddress?.variable;
const url = variable === undefined ? undefined : process.env[variable];

describe('the memory store', () => keepsItsContract(() => createMemoryStore()));

if (variable !== undefined) {
  const skip = url === undefined && `set ${variable} to run the same tests on the real store`;
  describe('the chosen store', { skip }, () => {
    const namespace = `test-${randomUUID().slice(0, 8)}`;
    keepsItsContract(() => openStore({ url, namespace, onError: () => {} }));
  });
}

/** What every store promises; each test uses ids of its own, because a real store is not empty. */
function keepsItsContract(open: () => Store): void {
  let opened: Store[] = [];
  const store = lazy(() => start());
  const start = (): Store => {
    const made = open();
    opened.push(made);
    return made;
  };
  after(async () => {
    await Promise.all(opened.map((made) => made.close()));
    opened = [];
  });

  test('keeps an item exactly', async () => {
    const item = itemOf(newId(), 1, {
      text: 'ä "\\ \u2028 😀',
      list: [],
      nothing: null,
      big: 2 ** 53 - 1,
      small: 5e-324,
    });
    assert.deepEqual(await store().commit({ id: item.id, expectedVersion: 0, next: item }), { kind: 'committed' });
    assert.deepEqual(await store().get(item.id), item);
    assert.equal(await store().get('nothing'), undefined);
  });

  test('changes an item only at the expected version', async () => {
    const id = newId();
    const commit = async (expectedVersion: number, next: Item | undefined) =>
      (await store().commit({ id, expectedVersion, next })).kind;
    assert.equal(await commit(1, itemOf(id, 2)), 'conflict');
    assert.equal(await commit(0, itemOf(id, 1)), 'committed');
    assert.equal(await commit(0, itemOf(id, 1)), 'conflict');
    assert.equal(await commit(1, itemOf(id, 2)), 'committed');
    assert.equal(await commit(1, undefined), 'conflict');
    assert.equal(await commit(2, undefined), 'committed');
    assert.equal(await store().get(id), undefined);
  });

  test('lets one of many writers win', async () => {
    const id = newId();
    await store().commit({ id, expectedVersion: 0, next: itemOf(id, 1) });
    const writers = Array.from({ length: 20 }, () => store().commit({ id, expectedVersion: 1, next: itemOf(id, 2) }));
    const kinds = (await Promise.all(writers)).map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'committed').length, 1);
  });

  test('records a key together with its effect, once', async () => {
    const key = randomUUID();
    const attempts = Array.from({ length: 20 }, async () => {
      const item = itemOf(newId(), 1);
      const outcome: Outcome = { fingerprint: 'f', status: 201, item };
      return {
        item,
        result: await store().commit({ id: item.id, expectedVersion: 0, next: item, record: { key, outcome } }),
      };
    });
    const done = await Promise.all(attempts);
    const winners = done.filter(({ result }) => result.kind === 'committed');
    assert.equal(winners.length, 1);
    const winner = winners[0]?.item;
    assert.deepEqual((await store().outcome(key))?.item, winner);
    for (const { item, result } of done) {
      assert.deepEqual(await store().get(item.id), item === winner ? item : undefined);
      if (result.kind === 'replay') assert.deepEqual(result.outcome.item, winner);
    }
  });

  test('records no key when the item is in conflict', async () => {
    const id = newId();
    const key = randomUUID();
    const record = { key, outcome: { fingerprint: 'f', status: 200, item: itemOf(id, 2) } } as const;
    assert.equal((await store().commit({ id, expectedVersion: 1, next: itemOf(id, 2), record })).kind, 'conflict');
    assert.equal(await store().outcome(key), undefined);
  });

  test('lists in the order of ids, from either side', async () => {
    const ids = ['a', 'b', 'c', 'd'].map((letter) => `zz_${randomUUID()}`.replace(/^zz_/, `zz_${letter}`)).toSorted();
    for (const id of ids) await store().commit({ id, expectedVersion: 0, next: itemOf(id, 1) });
    const list = async (query: { after?: string; before?: string }) =>
      (await store().list({ limit: 2, ...query })).map(({ id }) => id);
    assert.deepEqual(await list({ after: ids[0] ?? '' }), ids.slice(1, 3));
    assert.deepEqual(await list({ before: ids[3] ?? '' }), ids.slice(1, 3));
    assert.deepEqual(await list({ after: ids[3] ?? '' }), []);
  });

  test('answers a ping', () => store().ping());
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function newId(): string {
  return `test_${randomUUID().replaceAll('-', '')}`;
}

function itemOf(id: string, version: number, fields: Item['fields'] = {}): Item {
  const now = new Date(0).toISOString();
  return { id, version, createdAt: now, updatedAt: now, fields };
}
