import { describe, expect, it } from 'vitest';

import {
  decideChanges,
  fileChanges,
  renderDecisions,
  type FileStates,
  type Policy,
} from '../../../../src/scaffold/changes/changes.ts';

/** `A` for a text, `-` for no file: `AB-` is base A, current B and nothing generated any more. */
function file(states: string, path = 'a.ts'): FileStates {
  const [base, current, next] = Array.from(states, (letter) => (letter === '-' ? undefined : `${letter}\n`));
  return { path, base, current, next };
}

function decided(states: string, policy: Policy, path?: string): string {
  const [decision] = decideChanges([file(states, path)], policy);
  if (decision === undefined || decision.action === 'same') return 'same';
  return `${decision.action}: ${decision.reason}`;
}

describe('a file', () => {
  it.each([
    ['--A', 'that is new is created', 'create: new', 'create: new', 'create: new'],
    ['-AA', 'that stands there already is left', 'same', 'same', 'same'],
    ['AAA', 'that nobody changed is left', 'same', 'same', 'same'],
    ['ABB', 'that says already what it shall is left', 'same', 'same', 'same'],
    [
      'AAB',
      'that the user left alone is updated',
      'update: generated anew',
      'update: generated anew',
      'update: generated anew',
    ],
    ['ABA', 'that only the user changed is kept', 'keep: edited by you', 'keep: edited by you', 'keep: edited by you'],
    [
      'ABC',
      'that both changed',
      'refuse: edited by you',
      'update: replaced',
      'conflict: your edits and the template meet',
    ],
    [
      '-AB',
      'that msa never made',
      'refuse: not made by msa',
      'update: replaced',
      'conflict: your edits and the template meet',
    ],
    ['A-A', 'the user deleted', 'create: deleted before', 'create: deleted before', 'keep: deleted by you'],
    [
      'A-B',
      'the user deleted and the template changed',
      'create: deleted before',
      'create: deleted before',
      'keep: deleted by you',
    ],
    [
      'AA-',
      'that is generated no longer goes',
      'delete: no longer generated',
      'delete: no longer generated',
      'delete: no longer generated',
    ],
    ['A--', 'that is gone on both sides is gone', 'same', 'same', 'same'],
    [
      'AB-',
      'that is generated no longer stays when edited',
      'keep: no longer generated, but edited by you',
      'keep: no longer generated, but edited by you',
      'keep: no longer generated, but edited by you',
    ],
  ])('%s %s', (states, ...[, refuse, replace, merge]) => {
    expect([decided(states, 'refuse'), decided(states, 'replace'), decided(states, 'merge')]).toEqual([
      refuse,
      replace,
      merge,
    ]);
  });

  it('that both changed in different places is merged', () => {
    const [decision] = decideChanges(
      [{ path: 'a.ts', base: '1\n2\n3\n', current: 'mine\n2\n3\n', next: '1\n2\nnext\n' }],
      'merge',
    );
    expect(decision).toMatchObject({ action: 'update', content: 'mine\n2\nnext\n', was: 'mine\n2\n3\n' });
  });

  it('that npm writes never gets markers', () => {
    expect(decided('ABC', 'merge', 'services/orders/package-lock.json')).toBe(
      'update: taken from the template: run npm install',
    );
  });
});

describe('all decisions', () => {
  const decisions = decideChanges(
    [file('AB-', 'z.ts'), file('--A', 'b/new.ts'), file('AAA', 'same.ts'), file('AA-', 'old.ts'), file('AAB', 'B.ts')],
    'merge',
  );

  it('are one line each, sorted by path, without what stays as it is', () => {
    expect(renderDecisions(decisions)).toEqual([
      'update   B.ts  (generated anew)',
      'create   b/new.ts',
      'delete   old.ts  (no longer generated)',
      'keep     z.ts  (no longer generated, but edited by you)',
    ]);
  });

  it('become changes that say what they were based on', () => {
    expect(fileChanges(decisions)).toEqual([
      { kind: 'update', path: 'B.ts', content: 'B\n', was: 'A\n' },
      { kind: 'create', path: 'b/new.ts', content: 'A\n' },
      { kind: 'delete', path: 'old.ts' },
    ]);
  });

  it('that leave a file alone change nothing', () => {
    const left = decideChanges([file('ABC'), file('-AB', 'b'), file('ABA', 'c'), file('AAA', 'd')], 'refuse');
    expect(fileChanges(left)).toEqual([]);
  });
});
