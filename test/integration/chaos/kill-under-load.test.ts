import { expect, test } from 'vitest';

import { killUnderLoad, type KillOptions } from '../../../src/app/chaos/kill-under-load.ts';
import { createGateway } from '../../../src/gateway/create-gateway.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { createControlPlane } from '../../../src/io/control-plane.ts';
import { createLoadGenerator } from '../../../src/io/load/load-generator.ts';
import { createStopper } from '../../../src/io/stopper.ts';
import { engineSource } from '../../../src/protocol/registry-api.ts';
import { startRegistry, token } from '../registry/support/registry.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { smallEngine } from './small-engine.ts';

const options: KillOptions = {
  target: 'orders',
  instance: undefined,
  paths: [],
  ratePerSecond: 200,
  afterMs: 1000,
  durationMs: 3000,
  timeoutMs: 20_000,
  seed: 1,
  replay: '',
};

/** Kills an instance behind a real gateway, seen by a real registry. */
async function kill(replicas: number, changes: Partial<KillOptions> = {}, isRestarting = true) {
  await using registry = await startRegistry();
  await using instances = await smallEngine(replicas, { isRestarting });
  const control = createControlPlane({ url: registry.url, token });
  const health = { kind: 'http', live: '/health', ready: '/health' } as const;
  await control.putSystem({
    workspace: 'shop-abc123',
    name: 'shop',
    version: 'v1',
    services: [{ name: 'orders', health }],
    routes: [{ path: '/orders', service: 'orders', timeoutMs: 5000, retryAttempts: 2 }],
    edges: [],
  });
  await control.putSource(engineSource, instances.table);
  const gateway = createGateway(
    {
      host: '127.0.0.1',
      port: 0,
      adminPort: undefined,
      instanceId: 'gateway-1',
      registry: { url: registry.url, token },
      stateFile: undefined,
      publicUrl: undefined,
      logLevel: 'error',
    },
    { write: () => undefined },
  );
  await gateway.listen();
  try {
    const load = createLoadGenerator(systemClock);
    const { signal } = new AbortController();
    await waitUntil('every instance answers', async () => {
      const seen = new Set<string | undefined>();
      for (let tries = 0; tries < 10 * replicas; tries += 1) {
        const origin = `http://127.0.0.1:${gateway.port}`;
        const { instance, failure } = await load.probe({ origin, path: '/orders', timeoutMs: 5000, signal });
        if (failure !== undefined) return false;
        seen.add(instance);
      }
      return seen.size === replicas;
    });
    const engine = instances.engine(control, gateway.port);
    const running = { engine, observation: await engine.observe() };
    const deps = { load, clock: systemClock, createStopper, signal, say: () => undefined };
    return await killUnderLoad(deps, running, { ...options, ...changes });
  } finally {
    await gateway.close();
  }
}

test('nobody notices that one of two dies', async () => {
  const report = await kill(2, { instance: 'orders-2' });
  expect(report.failures).toEqual([]);
  expect(report, JSON.stringify(report)).toMatchObject({
    verdict: 'held',
    recovery: { restarts: 1, restartedMs: expect.any(Number), firstAnswerMs: expect.any(Number) },
  });
  expect(report.requests.sent).toBeGreaterThan(500);
  expect(report.windows.during.sent).toBeGreaterThan(0);
});

test('everybody notices when it was the only one', async () => {
  const report = await kill(1);
  expect(report).toMatchObject({ verdict: 'refuted', windows: { before: { failed: 0 } } });
  expect(report.requests.failed).toBeGreaterThan(0);
  for (const { atMs } of report.failures) expect(atMs).toBeGreaterThanOrEqual(0);
  expect(report.recovery.backMs).not.toBeNull();
});

test('an instance that stays away is not waited for longer than allowed', async () => {
  const report = await kill(2, { timeoutMs: 2000, instance: 'orders-1' }, false);
  expect(report).toMatchObject({
    verdict: 'refuted',
    reasons: ['orders-1 was not back within 2 s'],
    requests: { failed: 0 },
    recovery: { detectedMs: expect.any(Number), backMs: null },
  });
});
