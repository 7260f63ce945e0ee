import { expect, test } from 'vitest';

import { UnitRows } from '../../../../src/cli/progress/unit-rows.ts';
import type { PlannedOperation, ProgressEvent } from '../../../../src/protocol/events.ts';

function operation(id: string, kind: string, unit: string | null): PlannedOperation {
  return { id, kind, unit, cause: '', needs: [] };
}

const operations = [
  operation('open', 'open', null),
  operation('build orders', 'build', 'orders'),
  operation('start orders-1', 'start', 'orders'),
  operation('start orders-2', 'start', 'orders'),
  operation('await orders', 'await', 'orders'),
  operation('stop mail-1', 'stop', 'mail'),
];

type Told = Extract<ProgressEvent, { readonly type: 'operation' }>;

function told(id: string, state: 'started' | 'done'): Told {
  return { type: 'operation', id, state };
}

test('a unit goes through its phases', () => {
  const rows = new UnitRows(operations);
  expect(rows.units).toEqual(['orders', 'mail']);
  expect(rows.note(told('open', 'started'))).toBeUndefined();
  const phases = [
    rows.row('orders').phase,
    ...(
      [
        ['build orders', 'started'],
        ['build orders', 'done'],
        ['start orders-1', 'started'],
        ['start orders-2', 'started'],
        ['start orders-2', 'done'],
        ['start orders-1', 'done'],
        ['await orders', 'started'],
        ['await orders', 'done'],
      ] as const
    ).map(([id, state]) => {
      expect(rows.note(told(id, state))).toBe('orders');
      return rows.row('orders').phase;
    }),
  ];
  expect(phases).toEqual([
    'waiting',
    'building',
    'waiting',
    'starting',
    'starting',
    'starting',
    'waiting',
    'waiting until it is healthy',
    'up',
  ]);
  expect(rows.row('orders').state).toBe('done');
  expect(rows.row('mail').state).toBe('waiting');
});

test('what is only stopped has stopped', () => {
  const rows = new UnitRows(operations);
  rows.note(told('stop mail-1', 'started'));
  expect(rows.row('mail')).toEqual({ unit: 'mail', phase: 'stopping', state: 'working' });
  rows.note(told('stop mail-1', 'done'));
  expect(rows.row('mail')).toEqual({ unit: 'mail', phase: 'stopped', state: 'done' });
});

test('a failure is told by its message, also when the rest was skipped for it', () => {
  const rows = new UnitRows(operations);
  rows.note({ type: 'operation', id: 'build orders', state: 'failed', error: { message: 'no space', details: [] } });
  for (const id of ['start orders-1', 'start orders-2', 'await orders'])
    rows.note({ type: 'operation', id, state: 'skipped', because: 'build orders failed' });
  expect(rows.row('orders')).toEqual({ unit: 'orders', phase: 'no space', state: 'failed' });
});

test('a unit of which nothing was tried is skipped', () => {
  const rows = new UnitRows(operations);
  for (const { id, unit } of operations)
    if (unit === 'orders') rows.note({ type: 'operation', id, state: 'skipped', because: 'open failed' });
  expect(rows.row('orders')).toEqual({ unit: 'orders', phase: 'open failed', state: 'skipped' });
});
