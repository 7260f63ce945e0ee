import { describe, expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import type { Service, Workspace } from '../../../src/model/workspace.ts';

function parse(text: string): Workspace {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return parsed.workspace;
}

function parseService(yaml: string): Service {
  const [service] = parse(`name: shop\nservices:\n  orders: ${yaml}\n  users: { image: users }\n`).services;
  if (service === undefined) throw new Error('There is no service.');
  return service;
}

/** The example of the design, without the keys of later features. */
const shop = `
name: shop
engine: auto                      # auto | docker | process
gateway:
  port: 8080
services:
  users:
    path: services/users
    replicas: 2
    store: redis                  # memory | redis | postgres
    routes: [ { path: /users } ]
  orders:
    path: ./services/orders/
    replicas: 2
    calls: [users, payments]
    routes:
      - path: /orders/
        timeout: 2s
        retry: { attempts: 1 }
  payments: { path: services/payments, calls: [orders] }
  legacy:
    image: ghcr.io/acme/legacy:1
    command: ./bin/legacy
    health: /status
`;

describe('a good workspace', () => {
  it('is read in the order of the file', () => {
    const { services, ...rest } = parse(shop);
    expect(rest).toEqual({
      name: 'shop',
      engine: 'auto',
      isolation: 'open',
      gateway: { port: 8080, bind: '127.0.0.1', workers: 1, policy: undefined, routes: [] },
    });
    expect(services.map(({ name }) => name)).toEqual(['users', 'orders', 'payments', 'legacy']);
  });

  it('has every default filled in', () => {
    expect(parseService('{ path: services/orders }')).toEqual({
      name: 'orders',
      description: undefined,
      source: { kind: 'folder', path: 'services/orders' },
      command: undefined,
      prepare: [],
      port: undefined,
      health: { kind: 'http', live: '/health/live', ready: '/health/ready' },
      replicas: 1,
      store: 'memory',
      protocol: 'http',
      calls: [],
      callRules: {},
      routes: [],
      env: {},
      envFile: undefined,
      limits: { memoryBytes: undefined, cpus: undefined },
    });
  });

  it('has paths, durations and sizes in one form', () => {
    const service = parseService(
      '{ path: ./a//b/../c/, envFile: ./a/.env, limits: { memory: 1.5G, cpus: 0.5 }, ' +
        'routes: [{ path: /orders/, timeout: 1.5s, retry: { attempts: 0 } }, { path: /x }] }',
    );
    expect(service).toMatchObject({
      source: { path: 'a/c' },
      envFile: 'a/.env',
      limits: { memoryBytes: 1.5 * 1024 ** 3, cpus: 0.5 },
      routes: [
        { path: '/orders', timeoutMs: 1500, retryAttempts: 0 },
        { path: '/x', timeoutMs: 10_000, retryAttempts: 2 },
      ],
    });
  });

  it('has commands as words, for no shell runs them', () => {
    const service = parseService(
      `{ image: 'x', command: 'node --title="a b" main.js', prepare: [npm ci, 'sh -c "a && b"'] }`,
    );
    expect(service.command).toEqual(['node', '--title=a b', 'main.js']);
    expect(service.prepare).toEqual([
      ['npm', 'ci'],
      ['sh', '-c', 'a && b'],
    ]);
  });

  it('gives variables as they are written', () => {
    const service = parseService('{ path: a, env: { A: 1.10, B: 0x1F, C: True, D: "", E: "x y", F: 1e3, G: on } }');
    expect(service.env).toEqual({ A: '1.10', B: '0x1F', C: 'True', D: '', E: 'x y', F: '1e3', G: 'on' });
  });

  it('may replace the variables that msa only proposes, and those of a store it does not use', () => {
    const service = parseService('{ path: a, env: { NODE_ENV: test, REDIS_URL: x, USERS_URL: y } }');
    expect(service.env).toEqual({ NODE_ENV: 'test', REDIS_URL: 'x', USERS_URL: 'y' });
  });

  it.each([
    ['tcp', { kind: 'tcp' }],
    ['/status?full=1', { kind: 'http', live: '/status?full=1', ready: '/status?full=1' }],
  ])('may say health: %s', (written, health) => {
    expect(parseService(`{ path: a, health: "${written}" }`).health).toEqual(health);
  });

  it('may have no services, however that is written', () => {
    for (const services of ['', 'services:', 'services: {}', 'services: ~', 'services:\n  # none yet\n']) {
      expect(parse(`name: shop\n${services}`).services).toEqual([]);
    }
  });

  it('may have keys whose entries are all commented out', () => {
    expect(
      parseService('\n    path: a\n    calls:\n      # - users\n    env:\n    routes:\n    limits:'),
    ).toMatchObject({
      calls: [],
      callRules: {},
      env: {},
      routes: [],
    });
  });

  it('may use anchors and merge keys', () => {
    const { services } = parse(
      `name: shop
services:
  users: &service
    path: services/users
    replicas: 3
    env: &env { LOG: debug }
  orders: { <<: *service, path: services/orders, env: { <<: [*env], MORE: 1 } }
`,
    );
    expect(services[1]).toMatchObject({ source: { path: 'services/orders' }, replicas: 3 });
    expect(services[1]?.env).toEqual({ MORE: '1', LOG: 'debug' });
  });

  it('may call in circles', () => {
    expect(parse(shop).services.map(({ calls }) => calls)).toEqual([[], ['users', 'payments'], ['orders'], []]);
  });

  it('may say more of a call than whom it is to', () => {
    const { services } = parse(
      'name: shop\nservices: { constructor: { path: a }, b: { path: b }, ' +
        'c: { path: c, calls: [b, { service: constructor, timeout: 1s, retry: { attempts: 0 } }] } }',
    );
    expect(services[2]?.calls).toEqual(['b', 'constructor']);
    expect(services[2]?.callRules).toEqual({
      b: { timeoutMs: 10_000, retryAttempts: 2 },
      constructor: { timeoutMs: 1000, retryAttempts: 0 },
    });
  });

  it('may have service names that JavaScript objects know too', () => {
    const { services } = parse(
      'name: shop\nservices: { constructor: { path: a }, valueof: { path: b, calls: [constructor] } }',
    );
    expect(services.map(({ name }) => name)).toEqual(['constructor', 'valueof']);
  });

  it('may begin with a byte order mark and have Windows line endings', () => {
    expect(parse(`\uFEFF${shop.replaceAll('\n', '\r\n')}`)).toEqual(parse(shop));
  });

  it('may have routes below each other', () => {
    expect(parseService('{ path: a, routes: [{ path: /orders }, { path: /orders/archive }] }').routes).toHaveLength(2);
  });
});

it.each([
  ['protocol: grpc', { protocol: 'h2c', health: { kind: 'tcp' } }],
  ['protocol: h2c, health: /status', { protocol: 'h2c', health: { kind: 'http', live: '/status', ready: '/status' } }],
  ['protocol: http', { protocol: 'http', health: { kind: 'http' } }],
])('a service with %s is asked for its health as it can answer', (keys, expected) => {
  const parsed = parseWorkspace(`name: shop\nservices: { a: { path: a, ${keys} } }\n`, { file: 'msa.yaml' });
  expect(parsed.ok && parsed.workspace.services[0]).toMatchObject(expected);
});
