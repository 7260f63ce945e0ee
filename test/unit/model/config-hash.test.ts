import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { configHash, workspaceId } from '../../../src/model/config-hash.ts';
import type { Service } from '../../../src/model/workspace.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const service: Service = {
  name: 'orders',
  description: undefined,
  source: { kind: 'folder', path: 'services/orders' },
  command: undefined,
  prepare: [],
  port: undefined,
  health: { kind: 'tcp' },
  replicas: 1,
  store: 'memory',
  calls: ['users', 'payments'],
  routes: [],
  env: { A: '1', B: '2' },
  envFile: undefined,
  limits: { memoryBytes: undefined, cpus: undefined },
};
const hash = (changes: Partial<Service>): string => configHash({ ...service, ...changes }, sha256);

describe('the config hash of a service', () => {
  it('stays when only what is applied live or is for people changes', () => {
    expect(hash({ replicas: 5 })).toBe(hash({}));
    expect(hash({ routes: [{ path: '/orders', timeoutMs: 1, retryAttempts: 0 }] })).toBe(hash({}));
    expect(hash({ description: 'Orders.' })).toBe(hash({}));
  });

  it('stays when things are only written in another order', () => {
    expect(hash({ env: { B: '2', A: '1' } })).toBe(hash({}));
    expect(hash({ calls: ['payments', 'users'] })).toBe(hash({}));
  });

  it.each<[string, Partial<Service>]>([
    ['image', { source: { kind: 'image', image: 'x:1' } }],
    ['environment', { env: { A: '1' } }],
    ['calls', { calls: ['users'] }],
    ['store', { store: 'redis' }],
    ['limits', { limits: { memoryBytes: 1, cpus: undefined } }],
    ['command', { command: ['node', 'x'] }],
  ])('changes with its %s', (_what, changes) => {
    expect(hash(changes)).not.toBe(hash({}));
  });
});

describe('the identity of a workspace', () => {
  it('is its name and six digits that tell two checkouts apart', () => {
    expect(workspaceId('shop', '/home/a/shop', sha256)).toMatch(/^shop-[0-9a-f]{6}$/);
    expect(workspaceId('shop', '/home/a/shop', sha256)).not.toBe(workspaceId('shop', '/home/b/shop', sha256));
  });
});
