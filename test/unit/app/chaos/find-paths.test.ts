import { describe, expect, test } from 'vitest';

import { findPaths } from '../../../../src/app/chaos/find-paths.ts';
import type { LoadPaths } from '../../../../src/app/chaos/find-paths.ts';
import { createStopper } from '../../../../src/io/stopper.ts';
import type { SystemRoute } from '../../../../src/protocol/system.ts';

const rules = { timeoutMs: 1000, retryAttempts: 0 };
const split = (...services: readonly string[]) => ({ split: services.map((service) => ({ service, weight: 1 })) });

const routes: readonly SystemRoute[] = [
  { path: '/', service: 'web', ...rules },
  { path: '/orders', service: 'orders', ...rules },
  { path: '/orders', matches: [{ path: '/orders', methods: ['POST'] }], service: 'orders', ...rules },
  { path: '/orders/sum', matches: [{ path: '/orders/sum', exact: true }], service: 'sums', ...rules },
  { path: '/next', matches: [{ path: '/next', headers: { beta: '1' } }], service: 'orders', ...rules },
  { path: '/host', hosts: ['a.test'], service: 'orders', ...rules },
  { path: '/shop', policy: split('orders', 'web'), ...rules },
  { path: '/gone', service: 'orders', policy: { redirect: { status: 302, host: 'a.test' } }, ...rules },
  { path: '/none', policy: { split: [{ service: 'orders', weight: 0 }] }, ...rules },
];

function find(service: string, ...given: readonly string[]): Promise<LoadPaths> {
  const system = { workspace: 'shop-1', name: 'shop', version: '1', services: [], edges: [], routes };
  const deps = {
    load: { probe: async () => ({ status: 200, failure: undefined, instance: undefined, requestId: undefined }) },
    signal: createStopper().signal,
  };
  return findPaths(deps, { system, service, given, origin: 'http://127.0.0.1:8080' });
}

describe('the paths to a service', () => {
  test('are those that a simple request gets to it by, each once', async () => {
    expect((await find('orders')).paths).toEqual(['/orders', '/shop']);
    expect((await find('sums')).paths).toEqual(['/orders/sum']);
  });

  test.each([
    ['orders', '/orders/7?full=1', true],
    ['orders', '/orders/sum', false],
    ['sums', '/orders/sum', true],
    ['orders', '/ordersx', false],
    ['web', '/ordersx', true],
    ['orders', '/shop/1', true],
    ['web', '/shop/1', true],
    ['orders', '/host', false],
    ['orders', '/gone', false],
  ])('%s is reached by %s itself: %s', async (service, path, isDirect) => {
    expect((await find(service, path)).isDirect).toBe(isDirect);
  });

  test('are none where a service takes no share of a route', async () => {
    await expect(find('mails')).rejects.toMatchObject({ code: 'MSA_CHAOS_INCONCLUSIVE' });
  });
});
