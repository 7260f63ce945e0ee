import { describe, expect, test } from 'vitest';

import { diagnosisOf } from '../../../../src/engines/process/diagnose.ts';
import { baseEnvironment } from '../../../../src/engines/process/programs/instance-base.ts';
import { packageFacts } from '../../../../src/engines/process/programs/package-json.ts';
import { startCommand } from '../../../../src/engines/process/programs/start-command.ts';
import type { InstanceFacts } from '../../../../src/protocol/supervisor-api.ts';

describe('what starts a package', () => {
  test.each([
    ['node dist/main.js', ['node', 'dist/main.js']],
    [
      'node --enable-source-maps --import=./a.mjs dist/main.js',
      ['node', '--enable-source-maps', '--import=./a.mjs', 'dist/main.js'],
    ],
    ['  node  main.js ', ['node', 'main.js']],
  ])('%s runs without npm', (start, words) => {
    expect(startCommand({ scripts: { start }, hasDependencies: false })).toEqual(words);
  });

  test.each([
    'node a.js && node b.js',
    'NODE_ENV=x node a.js',
    'node "a b.js"',
    'node $MAIN',
    'node a.js > log',
    'node',
    'tsx a.ts',
    'node *.js',
  ])('%s needs npm', (start) => {
    expect(startCommand({ scripts: { start }, hasDependencies: false })).toEqual(['npm', 'start', '--silent']);
  });

  test('scripts before and after need npm', () => {
    const scripts = { start: 'node a.js', prestart: 'node b.js' };
    expect(startCommand({ scripts, hasDependencies: false })).toEqual(['npm', 'start', '--silent']);
  });

  test('no start script is no command', () => {
    expect(startCommand({ scripts: { test: 'node a.js' }, hasDependencies: false })).toBeUndefined();
  });

  test.each([null, 7, [], { scripts: null }, { scripts: { start: 7 } }, { dependencies: 'none' }])(
    'a manifest of another shape has nothing: %o',
    (manifest) => {
      expect(packageFacts(manifest).scripts).toEqual({});
    },
  );
});

test('an instance gets what every shell of its user has, and nothing that only this one has', () => {
  const env = { HOME: '/home/me', LC_ALL: 'C', SECRET: 'x', NODE_OPTIONS: '--inspect', PATH: '/bin', HTTP_PROXY: 'y' };
  const base = baseEnvironment(env, '/w/users');
  expect(Object.keys(base).toSorted()).toEqual(['HOME', 'LC_ALL', 'PATH']);
  expect(base['PATH']).toMatch(/^\/w\/users\/node_modules\/\.bin:\/bin:/);
});

const facts = (changes: Partial<InstanceFacts['instance']>, more: Partial<InstanceFacts> = {}): InstanceFacts => ({
  instance: {
    id: 'users-1',
    unit: 'users',
    role: 'service',
    index: 1,
    hash: 'h',
    state: 'running',
    draining: false,
    restarts: 0,
    exitCode: null,
    startedAt: null,
    port: 12_345,
    pid: 1,
    ...changes,
  },
  signal: null,
  nextStartAt: null,
  listening: [],
  ...more,
});

describe('why an instance is not healthy', () => {
  test.each([
    [facts({}), ['it listens nowhere yet; it has to on PORT 12345']],
    [facts({}, { listening: null }), []],
    [facts({}, { listening: [{ address: '127.0.0.1', port: 12_345 }] }), []],
    [facts({}, { listening: [{ address: '::', port: 12_345 }] }), []],
    [facts({}, { listening: [{ address: '127.0.0.1', port: 8081 }] }), ['it listens on 8081, not on PORT 12345']],
    [
      facts({}, { listening: [{ address: '192.0.2.1', port: 12_345 }] }),
      ['it listens on 192.0.2.1:12345, not on PORT 12345'],
    ],
    [
      facts({ state: 'gone', exitCode: 1, restarts: 5 }),
      ['users-1 ended with exit code 1', 'it was started 6 times and is not tried again'],
    ],
    [
      facts({ state: 'restarting', exitCode: 137 }, { signal: 'SIGKILL', nextStartAt: '2026-01-01T00:00:00.000Z' }),
      ['users-1 was ended by SIGKILL', 'it was started once and is started again at 2026-01-01T00:00:00.000Z'],
    ],
    [
      facts({ state: 'running', exitCode: 1, restarts: 2 }, { listening: [{ address: '0.0.0.0', port: 12_345 }] }),
      ['users-1 ended with exit code 1', 'it was started again 2 times after crashes'],
    ],
  ])('case %#', (given, sentences) => {
    expect(diagnosisOf(given)).toEqual(sentences);
  });
});
