import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { Engines } from '../../../src/ports/engines.ts';
import { runMsaWith } from '../../support/run-msa.ts';
import { elementsOf, junitProblems, readXml } from '../../support/read-xml.ts';
import { testWorkspace } from '../../support/workspace.ts';
import { simulate, type Behaviour } from '../../unit/app/chaos/simulated-system.ts';

/** Runs `msa chaos kill` on a simulated system. */
async function chaosKill(behaviour: Partial<Behaviour>, ...argv: readonly string[]) {
  return chaosKillWith(new EventEmitter(), behaviour, ...argv);
}

async function chaosKillWith(signals: EventEmitter, behaviour: Partial<Behaviour>, ...argv: readonly string[]) {
  await using workspace = await testWorkspace();
  const { deps, running, killed, isDisconnected, isLoaded } = simulate(behaviour);
  const { engine } = await running();
  const engines: Engines = {
    probe: async (kind) => ({ available: kind === 'docker', detail: '' }),
    open: async () => engine,
    list: async () => [],
  };
  const { clock, load } = deps;
  const world = { signals, deps: { engines, clock, loadGenerator: async () => load } };
  const run = await runMsaWith(world, workspace.root, 'chaos', 'kill', ...argv);
  const junit = await readFile(join(workspace.root, 'reports/chaos/kill.xml'), 'utf8').catch(() => undefined);
  return { ...run, junit, killed: killed(), isDisconnected: isDisconnected(), isLoaded: isLoaded() };
}

test('exit code 0 and a report when the system bears it', async () => {
  const { exitCode, stdout, stderr, isDisconnected } = await chaosKill({}, 'orders', '--instance', 'orders-2');
  expect(stdout).toMatch(/^held {2}orders-2 was killed under load/);
  expect(stdout).toMatch(/again: msa chaos kill orders --instance orders-2 --seed \d+\n$/);
  expect(stderr).toContain('Killing orders-2 in 3 s');
  expect({ exitCode, isDisconnected }).toEqual({ exitCode: 0, isDisconnected: true });
});

test('exit code 4 and a report when it does not', async () => {
  const world = { instances: { 'orders-1': 'up' }, failsWhileAway: true } as const;
  const { exitCode, stdout, stderr } = await chaosKill(world, 'orders');
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/^refuted /);
  expect(stderr).toMatch(/error: 44 requests of \d+ failed \(MSA_CHAOS_REFUTED\)\nhint: msa logs gateway/);

  const { json } = await chaosKill(world, 'orders', '--json');
  expect(json()).toMatchObject({
    verdict: 'refuted',
    requests: { failed: 44 },
    error: { code: 'MSA_CHAOS_REFUTED' },
  });
});

test('exit code 5 when nothing was proven', async () => {
  const { exitCode, stderr, killed } = await chaosKill({}, 'payments');
  expect(stderr).toContain('payments has no public route');
  expect({ exitCode, killed }).toEqual({ exitCode: 5, killed: undefined });
  const unhurt = await chaosKill(
    { detectedAfterMs: Infinity, restartedAfterMs: Infinity },
    'orders',
    '--timeout',
    '1s',
  );
  expect(unhurt.exitCode).toBe(5);
  expect(unhurt.stdout).toMatch(/^inconclusive .*nothing shows that orders-\d died/);
});

/** The name of each test case in a report, with what became of it. */
function outcomesIn(junit = ''): Readonly<Record<string, string>> {
  expect(junitProblems(junit)).toBe('');
  return Object.fromEntries(
    elementsOf(readXml(junit), 'testcase').map(({ attributes, children }) => {
      const outcome = children.find(({ name }) => name !== 'system-out');
      return [
        attributes['name'],
        outcome === undefined ? 'passed' : `${outcome.name}: ${outcome.attributes['message']}`,
      ];
    }),
  );
}

const junitFile = ['--junit', 'reports/chaos/kill.xml'] as const;

test('--junit tells a pipeline what was held, what was not, and what was not proven', async () => {
  const held = await chaosKill({}, 'orders', '--instance', 'orders-2', ...junitFile);
  expect(held.exitCode).toBe(0);
  expect(outcomesIn(held.junit)).toEqual({
    'no request fails while an instance is killed': 'passed',
    'the killed instance comes back by itself': 'passed',
    'the run proves it': 'passed',
  });
  expect(elementsOf(readXml(held.junit ?? ''), 'system-out')[0]?.text).toContain(
    'orders-2 was killed under load: no request failed, and orders-2 came back by itself',
  );

  const alone = { instances: { 'orders-1': 'up' }, failsWhileAway: true } as const;
  const refuted = await chaosKill(alone, 'orders', ...junitFile);
  expect(refuted.exitCode).toBe(4);
  expect(outcomesIn(refuted.junit)).toEqual({
    'no request fails while an instance is killed': expect.stringMatching(/^failure: 44 of \d+ requests failed$/),
    'the killed instance comes back by itself': 'passed',
    'the run proves it': 'passed',
  });

  const late = await chaosKill(
    { restartedAfterMs: Infinity, upAfterMs: Infinity },
    'orders',
    '--timeout',
    '1s',
    ...junitFile,
  );
  expect(late.exitCode).toBe(4);
  expect(outcomesIn(late.junit)['the killed instance comes back by itself']).toMatch(
    /^failure: orders-\d was not back within 1 s$/,
  );

  const unproven = { detectedAfterMs: Infinity, restartedAfterMs: Infinity };
  for (const argv of [['orders', '--timeout', '1s'], ['payments']]) {
    const { exitCode, junit } = await chaosKill(unproven, ...argv, ...junitFile);
    expect(exitCode).toBe(5);
    expect(outcomesIn(junit)).toEqual({
      'no request fails while an instance is killed': 'skipped: the run proves nothing',
      'the killed instance comes back by itself': 'skipped: the run proves nothing',
      'the run proves it': expect.stringMatching(
        /^failure: (?:nothing shows that orders|payments has no public route)/,
      ),
    });
  }
});

test.each(['.', 'services/', '', 'msa.yaml/junit.xml'])(
  '--junit %j is refused before anything is killed',
  async (file) => {
    const { exitCode, stderr, killed } = await chaosKill({}, 'orders', '--junit', file);
    expect(stderr).toContain('MSA_USAGE');
    expect({ exitCode, killed }).toEqual({ exitCode: 2, killed: undefined });
  },
);

test('Ctrl-C ends the load and lets go of the engine, also right after the kill', async () => {
  const signals = new EventEmitter();
  const crash = (): void => void signals.emit('SIGINT');
  const { exitCode, stdout, stderr, ...left } = await chaosKillWith(signals, { crash }, 'orders-1');
  expect({ exitCode, stdout, ...left }).toMatchObject({
    exitCode: 130,
    stdout: '',
    killed: 'orders-1',
    isDisconnected: true,
    isLoaded: false,
  });
  expect(stderr).toContain('MSA_INTERRUPTED');
});

test('the same seed finds the same victim, and the options arrive', async () => {
  const argv = ['orders', '--rate', '50', '--path', '/orders?a=1', '--path', '/orders/2', '--after', '1s'] as const;
  const more = ['--duration', '4s', '--timeout', '20s', '--seed', '12'] as const;
  const { json, killed } = await chaosKill({}, ...argv, ...more, '--json');
  expect(json()).toMatchObject({
    verdict: 'held',
    target: { instance: killed, seed: 12 },
    load: { paths: ['/orders?a=1', '/orders/2'], ratePerSecond: 50 },
    windows: { before: { fromMs: -1000 } },
    replay:
      "msa chaos kill orders --path '/orders?a=1' --path /orders/2 --rate 50 --after 1s --duration 4s --timeout 20s --seed 12",
  });
  expect((await chaosKill({}, 'orders', '--seed', '12')).killed).toBe(killed);
});

test.each([
  [['orders', '--rate', '0'], '--rate'],
  [['orders', '--rate', '1001'], '--rate'],
  [['orders', '--after', '3'], '--after'],
  [['orders', '--duration', 'long'], '--duration'],
  [['orders', '--timeout', '-1s'], '--timeout'],
  [['orders', '--seed', 'x'], '--seed'],
  [['orders', '--path', 'orders'], '--path'],
  [['orders', '--path', '/a b'], '--path'],
  [['orders', '--path', '/a\r\nx: y'], '--path'],
  [['orders', '--path', '/a#b'], '--path'],
  [['nobody'], '"nobody"'],
  [[], 'service'],
])('%j is wrong usage', async (argv, said) => {
  const { exitCode, stderr, killed } = await chaosKill({}, ...argv);
  expect(stderr).toContain(said);
  expect({ exitCode, killed }).toEqual({ exitCode: 2, killed: undefined });
});
