import { expect, test } from 'vitest';

import type { Instance, InstanceRecord } from '../../../src/protocol/instances.ts';
import { markUnknown, mergeSource, takenIds, type Rows } from '../../../src/registry/merge-source.ts';

const record: InstanceRecord = { id: 'orders-1', service: 'orders', address: '10.0.0.2', port: 3000, draining: false };
const row: Instance = { ...record, status: 'up', since: 'before', source: 'engine', problem: '' };
const rows: Rows = new Map([[row.id, row]]);

function merged(...changes: readonly Partial<InstanceRecord>[]): readonly Instance[] {
  const records = changes.map((change) => ({ ...record, ...change }));
  return [...mergeSource(rows, { source: 'engine', records, now: 'now' }).values()];
}

test('what is said again stays as it is', () => {
  expect(merged({})).toEqual([row]);
});

test('what is left out is gone, and what is new is starting', () => {
  const fresh = { ...record, id: 'orders-2', status: 'starting', since: 'now', source: 'engine', problem: '' };
  expect(merged({ id: 'orders-2' })).toEqual([fresh]);
});

test.each<Partial<InstanceRecord>>([{ address: '10.0.0.3' }, { port: 3001 }, { service: 'users' }])(
  'with another %o it begins anew',
  (change) => {
    expect(merged(change)).toEqual([{ ...row, ...change, status: 'starting', since: 'now' }]);
  },
);

test('draining is a status of its own, and whoever comes back from it must be probed again', () => {
  const [draining] = merged({ draining: true });
  expect(draining).toEqual({ ...row, draining: true, status: 'draining', since: 'now' });
  const table = new Map(draining === undefined ? [] : [[draining.id, draining]]);
  const again = mergeSource(table, { source: 'engine', records: [record], now: 'later' });
  expect([...again.values()]).toEqual([{ ...row, status: 'starting', since: 'later' }]);
});

test('sources leave each other alone', () => {
  const both = mergeSource(rows, { source: 'dns', records: [{ ...record, id: 'users-1' }], now: 'now' });
  expect([...both.keys()]).toEqual(['orders-1', 'users-1']);
  expect([...mergeSource(both, { source: 'engine', records: [], now: 'now' }).keys()]).toEqual(['users-1']);
  expect(takenIds(rows, { source: 'dns', records: [record, { ...record, id: 'orders-2' }] })).toEqual(['orders-1']);
  expect(takenIds(rows, { source: 'engine', records: [record] })).toEqual([]);
});

test('an instance whose service nobody knows is starting, and says why', () => {
  const unknown = markUnknown(rows, () => false, 'now');
  expect([...unknown.values()]).toEqual([{ ...row, status: 'starting', since: 'now', problem: 'unknown service' }]);
  expect(markUnknown(unknown, () => false, 'later')).toEqual(unknown);
  expect([...markUnknown(unknown, () => true, 'later').values()]).toEqual([
    { ...row, status: 'starting', since: 'now' },
  ]);
});
