import { describe, expect, test } from 'vitest';

import type { Service } from '../../../src/model/workspace.ts';
import { describeSystem } from '../../../src/plan/describe-system.ts';
import type { Unit } from '../../../src/plan/desired.ts';
import type { Facts } from '../../../src/plan/facts.ts';
import { factsOf, service, workspaceOf } from './random-systems.ts';

const users = service('users', { store: 'postgres' });
const orders = service('orders', { calls: ['users'], store: 'redis', env: { LEVEL: 'debug', COLOR: 'blue' } });

function unitNamed(name: string, services: readonly Service[] = [users, orders], changes: Partial<Facts> = {}): Unit {
  const { units } = describeSystem(factsOf(workspaceOf(services), changes));
  const unit = units.find((each) => each.name === name);
  if (unit === undefined) throw new Error(`there is no unit ${name}`);
  return unit;
}

describe('the environment of a service', () => {
  test('has what the contract promises, and nothing that nobody listens to', () => {
    expect(unitNamed('orders').env).toEqual({
      NODE_ENV: 'production',
      LEVEL: 'debug',
      COLOR: 'blue',
      SERVICE_NAME: 'orders',
      REGISTRY_URL: 'http://registry:8761',
      PUBLIC_URL: 'http://localhost:8080',
      TRUSTED_PROXIES: '10.0.0.2',
      REDIS_URL: 'redis://redis:6379',
      USERS_URL: 'http://gateway:20000',
    });
    expect(unitNamed('users').env).toMatchObject({ DATABASE_URL: 'postgres://postgres/users' });
    expect(unitNamed('users').env).not.toHaveProperty('REDIS_URL');
  });

  test('takes the own variables before those of the env file, and the contract before both', () => {
    const envFiles = new Map([
      ['orders', { LEVEL: 'info', SECRET: 's', PUBLIC_URL: 'http://elsewhere', NODE_ENV: 'test' }],
    ]);
    expect(unitNamed('orders', [users, orders], { envFiles }).env).toMatchObject({
      LEVEL: 'debug',
      SECRET: 's',
      PUBLIC_URL: 'http://localhost:8080',
      NODE_ENV: 'test',
    });
  });
});

function hash(changes: Partial<Service>): string {
  return unitNamed('orders', [users, { ...orders, ...changes }]).hash;
}

function version(services: readonly Service[]): string {
  return describeSystem(factsOf(workspaceOf(services))).system.version;
}

describe('the hash of a unit', () => {
  const same = hash({});

  test.each<[string, Partial<Service>]>([
    ['its number of instances', { replicas: 7 }],
    ['its routes', { routes: [] }],
    ['its description', { description: 'other' }],
    ['its health', { health: { kind: 'tcp' } }],
    ['how it calls', { callRules: { users: { timeoutMs: 1, retryAttempts: 0 } } }],
    ['the order in which its variables stand', { env: Object.fromEntries(Object.entries(orders.env).toReversed()) }],
  ])('does not change with %s', (_what, changes) => {
    expect(hash(changes)).toBe(same);
  });

  test.each<[string, Partial<Service>]>([
    ['its variables', { env: {} }],
    ['whom it calls', { calls: [] }],
    ['its store', { store: 'memory' }],
    ['its command', { command: ['node', 'x.js'] }],
    ['its limits', { limits: { memoryBytes: 1, cpus: undefined } }],
    ['its port', { port: 3000 }],
  ])('changes with %s', (_what, changes) => {
    expect(hash(changes)).not.toBe(same);
  });

  test('changes with the files of that service alone', () => {
    const contents = new Map([
      ['orders', '2'],
      ['users', '1'],
    ]);
    expect(unitNamed('orders', [users, orders], { contents }).hash).not.toBe(same);
    expect(unitNamed('users', [users, orders], { contents }).hash).toBe(unitNamed('users').hash);
  });

  test('of the platform changes with our own version and the ports, not with routes and edges', () => {
    const before = unitNamed('gateway').hash;
    expect(unitNamed('gateway', [users]).hash).toBe(before);
    expect(unitNamed('gateway', [users, orders], { platformVersion: '2' }).hash).not.toBe(before);
    const { locations } = factsOf(workspaceOf([users, orders]));
    expect(unitNamed('gateway', [users, orders], { locations: { ...locations, gatewayPort: 1 } }).hash).not.toBe(
      before,
    );
  });
});

describe('what the registry is told', () => {
  test('services and stores with their health, routes and edges', () => {
    const { system } = describeSystem(factsOf(workspaceOf([users, orders])));
    expect(system).toMatchObject({
      workspace: 'shop-123456',
      services: [
        { name: 'users' },
        { name: 'orders' },
        { name: 'redis', health: { kind: 'tcp' } },
        { name: 'postgres' },
      ],
      routes: [{ path: '/users', service: 'users', timeoutMs: 10_000, retryAttempts: 2 }, { path: '/orders' }],
      edges: [
        { caller: 'orders', callee: 'users', port: 20_000, checkCaller: true, timeoutMs: 10_000, retryAttempts: 2 },
      ],
    });
  });

  test('has another version when anything of it changes, and only then', () => {
    expect(version([users, { ...orders, replicas: 5, env: {} }])).toBe(version([users, orders]));
    expect(version([users, { ...orders, routes: [] }])).not.toBe(version([users, orders]));
    const callRules = { users: { timeoutMs: 1000, retryAttempts: 0 } };
    expect(version([users, { ...orders, callRules }])).not.toBe(version([users, orders]));
  });
});
