// Run it with Node 22.18 or newer: node --test gateway/filters/stamp.test.ts (older ones: npx tsx --test …)
import assert from 'node:assert/strict';
import { test } from 'node:test';

import filter from './stamp.ts';

const context: any = { filter: 'stamp', requestId: 'r-1', now: 1000, notes: {}, state: new Map(), log: () => undefined };

test('an answer says how long it took, and which request it was', () => {
  const headers = new Headers();
  filter.pre?.({ headers } as any, context);
  filter.post?.({ status: 200, headers } as any, { ...context, now: 1012 });
  assert.equal(headers.get('x-took-ms'), '12');
  assert.equal(headers.get('x-support-id'), 'r-1');
});
