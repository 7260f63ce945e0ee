import { expect, test } from 'vitest';

import { routingDiffers } from '../../../../src/app/system/routing-differs.ts';
import type { Service } from '../../../../src/model/workspace.ts';
import { describeRouting } from '../../../../src/plan/describe-routing.ts';
import { factsOf, service, workspaceOf } from '../../plan/random-systems.ts';

const none = new Map<string, string>();
const users = service('users');
const orders = service('orders', { calls: ['users'], store: 'redis' });
const running = describeRouting(factsOf(workspaceOf([users, orders])));

test('a system is as its workspace says, in whatever order that is', () => {
  expect(routingDiffers(workspaceOf([users, orders]), running, none)).toBe(false);
  expect(routingDiffers(workspaceOf([orders, users]), running, none)).toBe(false);
  expect(routingDiffers(workspaceOf([users, orders]), undefined, none)).toBe(false);
});

test.each<[what: string, changes: Partial<Service>]>([
  ['a route', { routes: [{ path: '/orders', timeoutMs: 1, retryAttempts: 2 }] }],
  ['a call', { calls: [] }],
  ['how it calls', { callRules: { users: { timeoutMs: 1000, retryAttempts: 0 } } }],
  ['its store', { store: 'memory' }],
])('a system differs by %s of a service', (_what, changes) => {
  expect(routingDiffers(workspaceOf([users, { ...orders, ...changes }]), running, none)).toBe(true);
});

test('a system differs by routes of the gateway, and by which requests they take', () => {
  const rules = { timeoutMs: 1, retryAttempts: 0, policy: { redirect: { status: 301, host: 'a.test' } } } as const;
  const gatewayWith = (methods: readonly string[]) => ({
    ...workspaceOf([users, orders]).gateway,
    routes: [{ path: '/old', matches: [{ path: '/old', methods }], ...rules }],
  });
  const system = describeRouting(factsOf(workspaceOf([users, orders], { gateway: gatewayWith(['GET']) })));
  const differs = (methods: readonly string[]): boolean =>
    routingDiffers(workspaceOf([users, orders], { gateway: gatewayWith(methods) }), system, none);
  expect(differs(['GET'])).toBe(false);
  expect(differs(['PUT'])).toBe(true);
  expect(routingDiffers(workspaceOf([users, orders]), system, none)).toBe(true);
});

test('a system differs by the filters that run, whatever else is the same', () => {
  const workspace = workspaceOf([users, orders]);
  const system = describeRouting({
    ...factsOf(workspace),
    filters: [{ name: 'stamp', code: '', hash: 'h', source: 's1' }],
  });
  expect(routingDiffers(workspace, system, new Map([['stamp', 's1']]))).toBe(false);
  expect(routingDiffers(workspace, system, new Map([['stamp', 's2']]))).toBe(true);
  expect(routingDiffers(workspace, system, none)).toBe(true);
  expect(system.version).not.toBe(running.version);
});
