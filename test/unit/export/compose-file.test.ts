import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { renderComposeFile } from '../../../src/export/compose-file.ts';
import type { ImageFacts } from '../../../src/export/dockerfile.ts';
import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

const generated: ImageFacts = { hasNode: true, hasHealthcheck: true, hasUser: true };
const unknown: ImageFacts = { hasNode: false, hasHealthcheck: false, hasUser: false };

interface Given {
  readonly images?: Readonly<Record<string, ImageFacts>>;
  readonly envFiles?: Readonly<Record<string, readonly string[]>>;
  readonly toWorkspace?: string;
}

function render(services: string, { images = {}, envFiles = {}, toWorkspace = '..' }: Given = {}): string {
  const parsed = parseWorkspace(`name: shop\n${services}`, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return renderComposeFile({
    workspace: parsed.workspace,
    composeFile: 'compose.yaml',
    toWorkspace,
    images: new Map(Object.entries(images)),
    envFiles: new Map(Object.entries(envFiles).map(([name, variables]) => [name, new Set(variables)])),
    version: '1.2.3',
    filters: [],
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  });
}

/** The file as Compose understands it, but for its variables. */
function renderParsed(services: string, given: Given = {}) {
  return parse(render(services, given), { merge: true });
}

const everything = `services:
  users: { description: Who may order., path: services/users, store: redis, replicas: 2, routes: [{ path: /users }] }
  ledger:
    path: ledger
    store: postgres
    env: { PRICE: "5 $ \${X}", CODE: 0777, NODE_ENV: test }
    envFile: ledger/.env
    limits: { memory: 512m, cpus: 0.5 }
    calls: [users, legacy]
    routes: [{ path: /books, timeout: 2s, retry: { attempts: 0 } }]
  legacy: { image: "ghcr.io/acme/legacy:1", command: ./bin/legacy, health: tcp, port: 8000, replicas: 0 }
`;
const images = { users: generated, ledger: { ...unknown, hasHealthcheck: true }, legacy: unknown };

test('the file of a system with everything in it', async () => {
  await expect(render(everything, { images })).toMatchFileSnapshot('everything.compose.txt');
});

test('the same workspace gives the same file', () => {
  expect(render(everything, { images })).toBe(render(everything, { images }));
});

test('a workspace without services gives a registry and a gateway', () => {
  const { services, volumes, networks } = renderParsed('');
  expect({ services: Object.keys(services), volumes, networks }).toEqual({ services: ['registry', 'gateway'] });
});

describe('a service', () => {
  test.each([
    ['..', 'services/a', '../services/a'],
    ['.', 'services/a', './services/a'],
    ['../..', '.', '../..'],
    ['work/shop', 'a', './work/shop/a'],
    ['..', 'services/a$b', '../services/a$$b'],
  ])('whose workspace is %s from here and whose folder is %s is built from %s', (toWorkspace, path, build) => {
    const { services } = renderParsed(`services: { a: { path: "${path}" } }`, { toWorkspace });
    expect(services.a.build).toBe(build);
  });

  test('has every value of its env as the text it is', () => {
    const env = `{ A: 1_000, B: yes, C: 2001-01-01, D: "", E: "x: y", F: "a\\nb", G: 1:20, H: "$HOME \${X}", I: "\\"'", y: 1e3 }`;
    const { environment } = renderParsed(`services: { a: { path: a, env: ${env} } }`).services.a;
    expect(environment).toMatchObject({
      A: '1_000',
      B: 'yes',
      C: '2001-01-01',
      D: '',
      E: 'x: y',
      F: 'a\nb',
      G: '1:20',
      H: '$$HOME $${X}',
      I: `"'`,
      y: '1e3',
    });
  });

  test('has the NODE_ENV of its env file, which Compose would let its own win over', () => {
    const service = `services: { a: { path: a, envFile: a.env } }`;
    expect(renderParsed(service).services.a.environment).toMatchObject({ NODE_ENV: 'production' });
    const { environment, env_file: envFile } = renderParsed(service, { envFiles: { a: ['NODE_ENV'] } }).services.a;
    expect(environment).not.toHaveProperty('NODE_ENV');
    expect(envFile).toEqual(['../a.env']);
    const both = `services: { a: { path: a, envFile: a.env, env: { NODE_ENV: test } } }`;
    expect(renderParsed(both, { envFiles: { a: ['NODE_ENV'] } }).services.a.environment).toMatchObject({
      NODE_ENV: 'test',
    });
  });

  test('is reached by those it is called by, at the port where the gateway listens for them', () => {
    const { services } = renderParsed(`services: { a: { path: a, calls: [b-two] }, b-two: { path: b } }`);
    const { edges } = JSON.parse(services.registry.environment.SYSTEM);
    expect(edges).toMatchObject([{ caller: 'a', callee: 'b-two', checkCaller: false }]);
    expect(services.a.environment.B_TWO_URL).toBe(`http://gateway:${edges[0].port}`);
  });

  test('waits for its store, and for nothing else', () => {
    const { services } = renderParsed(
      `services: { a: { path: a, calls: [b] }, b: { path: b, store: redis }, c: { path: c, store: postgres } }`,
    );
    expect([services.a, services.b, services.c].map((service) => Object.keys(service.depends_on ?? {}))).toEqual([
      [],
      ['redis'],
      ['postgres_databases'],
    ]);
  });

  test('may write where its image was made for root, and nowhere else', () => {
    const given = { images: { a: generated, b: { ...generated, hasUser: false } } };
    const { a, b, c } = renderParsed(
      `services: { a: { path: a }, b: { path: b }, c: { image: "some/c" } }`,
      given,
    ).services;
    expect(a).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true, restart: 'on-failure' });
    expect(a).not.toHaveProperty('cap_add');
    expect(b).toMatchObject({ cap_drop: ['ALL'], cap_add: expect.arrayContaining(['SETUID']), init: true });
    expect(b).not.toHaveProperty('read_only');
    expect(c).toMatchObject({ init: true, restart: 'on-failure' });
    expect(c).not.toHaveProperty('cap_drop');
  });

  test.each([
    ['a path', 'health: /status', 'http://127.0.0.1:9000/status'],
    ['an open port', 'health: tcp', '9000'],
    ['nothing', '', 'http://127.0.0.1:9000/health/ready'],
    ['a path with a dollar', 'health: /a$b', 'http://127.0.0.1:9000/a$$b'],
  ])('that declares %s is checked so, where its image has Node', (_what, health, argument) => {
    const services = `services: { a: { path: a, port: 9000, ${health} } }`;
    const { healthcheck } = renderParsed(services, { images: { a: generated } }).services.a;
    expect(healthcheck).toMatchObject({ start_interval: '500ms', interval: '30s' });
    expect(healthcheck.test.at(-1)).toBe(argument);
    expect(renderParsed(services, { images: { a: unknown } }).services.a).not.toHaveProperty('healthcheck');
  });
});

describe('the gateway', () => {
  test.each([
    { gateway: '', port: 8080, bind: '127.0.0.1', host: 'localhost' },
    { gateway: '{ port: 9000, bind: 0.0.0.0 }', port: 9000, bind: '0.0.0.0', host: 'localhost' },
    { gateway: '{ port: auto }', port: 8080, bind: '127.0.0.1', host: 'localhost' },
    { gateway: '{ bind: 192.0.2.7 }', port: 8080, bind: '192.0.2.7', host: '192.0.2.7' },
    { gateway: '{ bind: "2001:db8::7" }', port: 8080, bind: '2001:db8::7', host: '[2001:db8::7]' },
  ])('declared as $gateway is published on port $port of $bind, as $host', ({ gateway, port, bind, host }) => {
    const { services } = renderParsed(`gateway: ${gateway}\nservices: { a: { path: a } }`);
    const published = `\${GATEWAY_PORT:-${port}}`;
    expect(services.gateway.ports).toEqual([{ target: 8080, published, host_ip: bind }]);
    expect(services.a.environment.PUBLIC_URL).toBe(`http://${host}:${published}`);
  });

  test('gets a certificate of the workspace as files', () => {
    const tls = '{ cert: certs/shop.pem, key: certs/shop.key }';
    const { services, secrets } = renderParsed(`gateway: { tls: ${tls} }\nservices: { a: { path: a } }`);
    expect(services.gateway.environment).toMatchObject({
      TLS_CERT_FILE: '/run/secrets/gateway-cert',
      TLS_KEY_FILE: '/run/secrets/gateway-key',
    });
    expect(services.gateway.secrets).toEqual(['gateway-cert', 'gateway-key']);
    expect(secrets).toEqual({
      'gateway-cert': { file: '../certs/shop.pem' },
      'gateway-key': { file: '../certs/shop.key' },
    });
    expect(services.a.environment.PUBLIC_URL).toBe(`https://localhost:\${GATEWAY_PORT:-8080}`);
  });

  test('asks for a certificate where msa made one for this machine', () => {
    const { secrets } = renderParsed('gateway: { tls: auto }\nservices: { a: { path: a } }');
    expect(secrets['gateway-key']).toEqual({ file: '${GATEWAY_KEY:?name the file in .env}' });
  });

  test('is healthy when the services are there that run at all', () => {
    const { test: command } = renderParsed(`services: { a: { path: a }, b: { path: b, replicas: 0 } }`).services.gateway
      .healthcheck;
    expect(command).toEqual(['CMD', 'node', 'check-gateway.js', 'a']);
  });
});

test('the registry finds services and stores by the ports they listen on', () => {
  const { registry } = renderParsed(
    `services: { a: { path: a, store: redis }, b: { path: b, port: 9000, store: postgres } }`,
  ).services;
  expect(registry.environment.DNS_SOURCE).toBe('a:3000,b:9000,redis:6379,postgres:5432');
});

test('with strict isolation a service shares a network with the platform and its store alone', () => {
  const { services, networks } = renderParsed(
    `isolation: strict\nservices: { a: { path: a, calls: [b] }, b: { path: b, store: redis }, c: { path: c, store: postgres } }`,
  );
  const of = (name: string): unknown => services[name].networks;
  expect([of('a'), of('b'), of('c')]).toEqual([['a'], ['b'], ['c']]);
  expect([of('gateway'), of('registry')]).toEqual([
    ['_platform', 'a', 'b', 'c'],
    ['_platform', 'a', 'b', 'c'],
  ]);
  expect([of('redis'), of('postgres'), of('postgres_databases')]).toEqual([
    ['_platform', 'b'],
    ['_platform', 'c'],
    ['_platform'],
  ]);
  expect(Object.keys(networks).toSorted()).toEqual(['_platform', 'a', 'b', 'c']);
  expect(JSON.parse(services.registry.environment.SYSTEM).edges).toMatchObject([{ checkCaller: true }]);
});
