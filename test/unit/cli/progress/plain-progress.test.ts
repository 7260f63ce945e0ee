import { expect, test } from 'vitest';

import { createPlainProgress } from '../../../../src/cli/progress/plain-progress.ts';
import type { PlannedOperation, ProgressEvent } from '../../../../src/protocol/events.ts';

test('says what takes long when it begins, what matters when it is done, and every notice', () => {
  const said: string[] = [];
  const { report } = createPlainProgress((line) => said.push(line));
  const events: readonly ProgressEvent[] = [
    { type: 'plan', engine: 'process', operations: [planned('build'), planned('start'), planned('await')] },
    { type: 'operation', id: 'build orders', state: 'started' },
    { type: 'output', id: 'build orders', line: 'added 87 packages' },
    { type: 'operation', id: 'build orders', state: 'done' },
    { type: 'operation', id: 'start orders', state: 'started' },
    { type: 'notice', id: 'start orders', text: 'Limits are not enforced.' },
    { type: 'operation', id: 'start orders', state: 'done' },
    { type: 'operation', id: 'await orders', state: 'done' },
  ];
  for (const event of events) report(event);
  expect(said).toEqual(['building orders', 'built orders', 'Limits are not enforced.', 'orders is up']);
});

function planned(kind: string): PlannedOperation {
  return { id: `${kind} orders`, kind, unit: 'orders', cause: 'it does not run', needs: [] };
}
