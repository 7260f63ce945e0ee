import { describe, expect, test } from 'vitest';

import { killUnderLoad, type KillOptions } from '../../../../src/app/chaos/kill-under-load.ts';
import { options, simulate, type Behaviour } from './simulated-system.ts';

async function kill(changes: Partial<KillOptions> = {}, behaviour: Partial<Behaviour> = {}) {
  const world = simulate(behaviour);
  const report = await killUnderLoad(world.deps, await world.running(), { ...options, ...changes });
  return { ...world, report };
}

async function refused(changes: Partial<KillOptions> = {}, behaviour: Partial<Behaviour> = {}) {
  const world = simulate(behaviour);
  const running = await world.running();
  const error: unknown = await killUnderLoad(world.deps, running, { ...options, ...changes }).catch((e: unknown) => e);
  expect(world.isLoaded()).toBe(false);
  return { error, killed: world.killed() };
}

describe('a system that bears it', () => {
  test('gives a report with what was seen', async () => {
    const { report, said, isLoaded } = await kill({ instance: 'orders-2' });
    expect(report).toMatchObject({
      verdict: 'held',
      target: { service: 'orders', instance: 'orders-2', engine: 'docker', instancesUp: 2, seed: 1 },
      load: { origin: 'http://127.0.0.1:8080', paths: ['/orders'], ratePerSecond: 50 },
      requests: { failed: 0, unsent: 0 },
      recovery: { restarts: 1, restartedMs: 400 },
      notes: [],
      replay: options.replay,
    });
    const { detectedMs, upMs, backMs, firstAnswerMs } = report.recovery;
    expect([detectedMs, upMs]).toEqual([250, 900]);
    expect(backMs).toBe(upMs);
    expect(firstAnswerMs).toBeGreaterThanOrEqual(900);
    expect(said.join('\n')).toMatch(/Killed orders-2\norders-2 is back/);
    expect(isLoaded()).toBe(false);
  });

  test('is loaded before the kill and for the time that was asked for', async () => {
    const { report } = await kill({ afterMs: 5000, durationMs: 20_000 });
    expect(report.windows.before).toMatchObject({ fromMs: -5000, toMs: 0, sent: 250 });
    expect(report.durationMs).toBeGreaterThanOrEqual(20_000);
    expect(report.durationMs).toBeLessThan(20_200);
  });

  test('is loaded for a while longer when the instance comes back late', async () => {
    const { report } = await kill({ durationMs: 1000 }, { detectedAfterMs: 300, upAfterMs: 12_000 });
    expect(report.recovery.upMs).toBe(12_000);
    expect(report.windows.after?.toMs).toBeGreaterThanOrEqual(14_000);
  });

  test('shows that the registry missed it all', async () => {
    const { report } = await kill({}, { detectedAfterMs: Infinity, upAfterMs: 500 });
    expect(report).toMatchObject({ verdict: 'held', recovery: { detectedMs: null, upMs: null, restarts: 1 } });
    expect(report.recovery.backMs).toBeGreaterThanOrEqual(500);
  });
});

describe('a system that does not', () => {
  test('fails requests while the only instance is away, which is said before', async () => {
    const { report, said } = await kill({}, { instances: { 'orders-1': 'up' }, failsWhileAway: true });
    expect(said.join('\n')).toContain('orders-1 is the only instance of orders: requests will fail while it is away.');
    expect(report.verdict).toBe('refuted');
    expect(report.requests.failed).toBe(44);
    for (const { atMs } of report.failures) {
      expect(atMs).toBeGreaterThanOrEqual(0);
      expect(atMs).toBeLessThan(900);
    }
    expect(report.windows).toMatchObject({ before: { failed: 0 }, during: { failed: 44 }, after: { failed: 0 } });
  });

  test('never gets its instance back, and is not waited for longer than allowed', async () => {
    const { report } = await kill({ timeoutMs: 5000 }, { restartedAfterMs: Infinity, upAfterMs: Infinity });
    expect(report).toMatchObject({ verdict: 'refuted', reasons: [expect.stringContaining('not back within 5 s')] });
    expect(report.windows.after).toBeNull();
    expect(report.durationMs).toBeLessThan(3000 + 5200);
  });
});

describe('the victim', () => {
  test('is the same for the same seed, and any of those that are up', async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const victims = await Promise.all(seeds.map(async (seed) => (await kill({ seed })).killed()));
    expect(new Set(victims)).toEqual(new Set(['orders-1', 'orders-2']));
    expect(await Promise.all(seeds.map(async (seed) => (await kill({ seed })).killed()))).toEqual(victims);
  });

  test('is up', async () => {
    const instances = { 'orders-1': 'up', 'orders-2': 'starting', 'orders-3': 'draining', 'orders-4': 'down' } as const;
    for (const seed of [1, 2, 3, 4]) expect((await kill({ seed }, { instances })).killed()).toBe('orders-1');
  });

  test('can be named instead of its service', async () => {
    const { report } = await kill({ target: 'orders-2' });
    expect(report.target).toMatchObject({ service: 'orders', instance: 'orders-2' });
  });

  test.each<[string, Partial<KillOptions>, Partial<Behaviour>, object]>([
    ['of an unknown service', { target: 'order' }, {}, { code: 'MSA_INSTANCE_UNKNOWN', hint: 'Did you mean orders?' }],
    ['of the platform', { target: 'gateway' }, {}, { code: 'MSA_INSTANCE_UNKNOWN' }],
    ['that does not exist', { instance: 'orders-9' }, {}, { code: 'MSA_INSTANCE_UNKNOWN' }],
    ['of another service', { instance: 'payments-1' }, {}, { code: 'MSA_INSTANCE_UNKNOWN' }],
    ['without any instance', { target: 'users' }, {}, { code: 'MSA_CHAOS_INCONCLUSIVE' }],
    [
      'that is not up',
      { instance: 'orders-2' },
      { instances: { 'orders-1': 'up', 'orders-2': 'down' } },
      { code: 'MSA_CHAOS_INCONCLUSIVE', message: expect.stringContaining('orders-2 is not up') },
    ],
  ])('%s is refused, and nobody is killed', async (...[, changes, behaviour, expected]) => {
    const { error, killed } = await refused(changes, behaviour);
    expect(error).toMatchObject(expected);
    expect(killed).toBeUndefined();
  });
});

describe('the paths', () => {
  test('are those given, without those that do not answer', async () => {
    const { report } = await kill(
      { paths: ['/orders?limit=1', '/orders/secret'] },
      { failureOf: (path) => (path === '/orders/secret' ? 'status 401' : undefined) },
    );
    expect(report.load.paths).toEqual(['/orders?limit=1']);
    expect(report.notes).toEqual(['not used: /orders/secret: status 401']);
  });

  test('may lead through another service', async () => {
    const { report } = await kill({ target: 'payments', paths: ['/orders'] });
    expect(report).toMatchObject({
      verdict: 'held',
      notes: expect.arrayContaining([expect.stringContaining('payments was reached through another service')]),
    });
  });

  test.each<[string, Partial<KillOptions>, Partial<Behaviour>, object]>([
    [
      'that nobody has',
      { target: 'payments' },
      {},
      {
        code: 'MSA_CHAOS_INCONCLUSIVE',
        details: ['It is called by: orders'],
        hint: expect.stringContaining('--path'),
      },
    ],
    [
      'of which none answers',
      {},
      { failureOf: () => 'status 401' },
      { code: 'MSA_CHAOS_INCONCLUSIVE', details: ['/orders: status 401'] },
    ],
    [
      'that fail before the kill',
      {},
      { failureOf: (_, nowMs) => (nowMs > 2000 ? 'status 500' : undefined) },
      { code: 'MSA_CHAOS_INCONCLUSIVE', details: ['/orders: status 500'] },
    ],
  ])('%s are no reason to kill', async (...[, changes, behaviour, expected]) => {
    const { error, killed } = await refused(changes, behaviour);
    expect(error).toMatchObject(expected);
    expect(killed).toBeUndefined();
  });
});

describe('trouble', () => {
  test('a gateway that does not run', async () => {
    const { error } = await refused({}, { gatewayRuns: false });
    expect(error).toMatchObject({ code: 'MSA_GATEWAY_UNREACHABLE' });
  });

  test('an engine that cannot kill', async () => {
    const { error } = await refused(
      {},
      {
        crash: () => {
          throw new Error('no helper image');
        },
      },
    );
    expect(error).toMatchObject({ message: 'no helper image' });
  });

  test('a registry that goes away, for then nothing was seen', async () => {
    const { error, killed } = await refused({}, { registryGoneAfterMs: 300, detectedAfterMs: Infinity });
    expect(error).toMatchObject({ code: 'MSA_REGISTRY_UNREACHABLE' });
    expect(killed).toBeDefined();
  });

  test.each([500, 2000, 3500])('Ctrl-C after %d ms of it', async (afterMs) => {
    const world = simulate();
    const running = await world.running();
    const stop = world.clock.sleep;
    const untilMs = world.clock.now() + afterMs;
    const sleep: typeof stop = async (durationMs, signal) => {
      if (world.clock.now() + durationMs > untilMs) world.interrupt();
      return stop(durationMs, signal);
    };
    const deps = { ...world.deps, clock: { ...world.clock, sleep } };
    await expect(killUnderLoad(deps, running, options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.isLoaded()).toBe(false);
    expect(world.killed() === undefined).toBe(afterMs < 3000);
  });
});
