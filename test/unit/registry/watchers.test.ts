import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Store } from '../../../src/registry/store.ts';
import { Watchers } from '../../../src/registry/watchers.ts';

/** A response whose connection is full after the first write, until it is drained. */
class FullResponse extends EventEmitter {
  readonly lines: string[] = [];
  isDestroyed = false;
  writeHead(): this {
    return this;
  }
  write(bytes: Buffer): boolean {
    this.lines.push(bytes.toString());
    return false;
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
  end(): void {
    this.emit('close');
  }
}

const store = new Store({ epoch: 'epoch', now: () => new Date(0) });
let watchers: Watchers;
let response: FullResponse;

beforeEach(() => {
  vi.useFakeTimers();
  watchers = new Watchers(store);
  response = new FullResponse();
  watchers.add(response as unknown as ServerResponse);
});
afterEach(() => {
  watchers.close();
  vi.useRealTimers();
});

test('nothing is written to a full connection, not even heartbeats; the newest state when it is drained', async () => {
  for (const name of ['one', 'two', 'three']) {
    store.putSource(name, { instances: [] });
    await vi.advanceTimersByTimeAsync(2500);
  }
  expect(response.lines).toHaveLength(1);
  response.emit('drain');
  expect(response.lines).toHaveLength(2);
  expect(JSON.parse(response.lines[1] ?? '')).toMatchObject({ type: 'state', revision: store.revision });
});

test('a reader that drains in time stays, one that takes nothing for long is let go', async () => {
  await vi.advanceTimersByTimeAsync(20_000);
  response.emit('drain');
  await vi.advanceTimersByTimeAsync(4000);
  expect(response.lines).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([response.isDestroyed, watchers.count]).toEqual([false, 1]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([response.isDestroyed, watchers.count]).toEqual([true, 0]);
});

test('when nobody watches any more no timer is left', () => {
  watchers.close();
  expect([watchers.count, vi.getTimerCount()]).toEqual([0, 0]);
});
