import { expect, test } from 'vitest';

import type { SupervisedInstance } from '../../../src/protocol/supervisor-api.ts';
import { environmentOf } from '../../../src/supervisor/instances/instance-environment.ts';
import { instanceTable } from '../../../src/supervisor/instances/instance-table.ts';

function instance(id: string, changes: Partial<SupervisedInstance> = {}): SupervisedInstance {
  const fixed = { unit: id.slice(0, -2), role: 'service', index: 1, hash: 'h', restarts: 0, exitCode: null };
  return { id, ...fixed, state: 'running', draining: false, startedAt: null, port: 8000, pid: 1, ...changes };
}

test('the registry is told of what serves, and where', () => {
  expect(
    instanceTable([
      instance('registry-1', { role: 'registry' }),
      instance('gateway-1', { role: 'gateway' }),
      instance('redis-1', { role: 'redis', port: 6379 }),
      instance('users-1'),
      instance('users-2', { draining: true }),
      instance('users-3', { state: 'restarting', pid: null }),
      instance('users-4', { state: 'gone', pid: null }),
      instance('users-5', { state: 'starting', port: 0 }),
    ]),
  ).toEqual([
    { id: 'redis-1', service: 'redis', address: '127.0.0.1', port: 6379, draining: false },
    { id: 'users-1', service: 'users', address: '127.0.0.1', port: 8000, draining: false },
    { id: 'users-2', service: 'users', address: '127.0.0.1', port: 8000, draining: true },
    { id: 'users-3', service: 'users', address: '127.0.0.1', port: 8000, draining: false },
  ]);
});

const facts = {
  workspace: 'shop-123456',
  port: 12_345,
  registryToken: 'secret',
  gatewayAdminPort: 9901,
  stateDirectory: '/w/.msa/run/state',
};

const request = {
  id: 'users-1',
  unit: 'users',
  role: 'service',
  index: 1,
  hash: 'h',
  command: ['node'],
  directory: '/w',
  host: '127.0.0.1',
  env: { PORT: 'mine', COLOR: 'blue' },
};

test('what the engine gives wins over what a service says of itself', () => {
  expect(environmentOf(request, facts)).toEqual({
    COLOR: 'blue',
    PORT: '12345',
    HOST: '127.0.0.1',
    INSTANCE_ID: 'users-1',
    MSA_WORKSPACE: 'shop-123456',
    MSA_INSTANCE: 'users-1',
  });
});

test('the token is for registry and gateway alone', () => {
  expect(environmentOf({ ...request, role: 'registry' }, facts)['REGISTRY_TOKEN']).toBe('secret');
  expect(environmentOf({ ...request, role: 'gateway' }, facts)).toMatchObject({
    REGISTRY_TOKEN: 'secret',
    ADMIN_PORT: '9901',
    STATE_FILE: '/w/.msa/run/state/users-1.json',
  });
  for (const role of ['service', 'redis', 'postgres'])
    expect(JSON.stringify(environmentOf({ ...request, role }, facts))).not.toContain('secret');
});
