import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { renderJsonSchema } from '../../../../src/model/schema/json-schema.ts';

const committed = readFileSync(new URL('../../../../schema/msa.schema.json', import.meta.url), 'utf8');
// Formats are for editors; the patterns beside them say the same.
const validate = new Ajv({ allErrors: true, strict: true, strictTypes: false, validateFormats: false }).compile(
  JSON.parse(committed),
);

it('the committed schema is what the definition says (else run scripts/write-schema.js)', () => {
  expect(committed).toBe(renderJsonSchema());
});

it('every key explains itself to editors', () => {
  const silent = [...keysWithoutDescription(JSON.parse(committed))];
  expect(silent).toEqual([]);
});

describe('editors accept', () => {
  it.each([
    'name: shop',
    'name: shop\nservices:',
    `
name: shop
gateway:
  defaults: { responseHeaders: { set: { x-shop: main }, add: { x-a: "1" }, remove: [server] } }
  routes:
    - { path: /old, redirect: { prefix: /new, status: 308, scheme: https, host: example.com, port: 8443 } }
    - { exact: /robots.txt, respond: { body: none, headers: { cache-control: no-store } } }
    - { exact: /info, respond: { status: 200, body: { open: true } } }
    - { path: /shop, host: [example.com, "*.example.com"], split: [{ service: a, weight: 9 }, { service: b }] }
services:
  a:
    path: a
    calls: [{ service: b, mirror: [{ service: c, percent: 0.5 }] }]
    routes:
      - { path: /, host: api.example.com, methods: [GET], headers: { x-v: "2" }, query: { b: "1" } }
      - { matches: [{ exact: /x }, { path: /y, methods: [PUT] }], rewrite: { host: a.test, path: /z } }
`,
    'name: shop\nengine: process\nisolation: strict\ngateway: { port: auto, bind: "::1" }',
    `
name: shop
engine: auto
gateway:
  port: 8080
services:
  users:
    path: services/users
    replicas: 2
    store: redis
    routes: [ { path: /users } ]
  orders:
    path: services/orders
    calls: [users, payments]
    env: { A: 1, B: true, C: text }
    prepare: [npm ci]
    limits: { memory: 512m, cpus: 0.5 }
    routes:
      - path: /orders
        timeout: 2s
        retry: { attempts: 2 }
  legacy:
    image: ghcr.io/acme/legacy:1
    command: ./bin/legacy
    health: /status
`,
  ])('%s', (text) => {
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe('editors refuse', () => {
  it.each([
    'services: {}',
    'name: Shop',
    'name: shop\nengin: auto',
    'name: shop\nengine: podman',
    'name: shop\ngateway: { port: 0 }',
    'name: shop\ngateway: { auth: { jwks: auth } }',
    'name: shop\nservices: { redis: { path: a } }',
    'name: shop\nservices: { Users: { path: a } }',
    'name: shop\nservices: { a: { path: /a } }',
    'name: shop\nservices: { a: { path: a, replicas: 51 } }',
    'name: shop\nservices: { a: { path: a, health: status } }',
    'name: shop\nservices: { a: { path: a, calls: b } }',
    'name: shop\nservices: { a: { path: a, env: { A-B: 1 } } }',
    'name: shop\nservices: { a: { path: a, env: { A: } } }',
    'name: shop\nservices: { a: { path: a, routes: [/a] } }',
    'name: shop\nservices: { a: { path: a, routes: [{ path: /a, timeout: 2 }] } }',
    'name: shop\nservices: { a: { path: a, limits: { memory: 512 } } }',
  ])('%s', (text) => {
    expect(validate(parse(text))).toBe(false);
  });
});

interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly anyOf?: readonly SchemaPart[];
  readonly additionalProperties?: SchemaPart | boolean;
  readonly items?: SchemaPart;
}

function* keysWithoutDescription(part: SchemaPart, path = ''): Generator<string> {
  for (const [key, value] of Object.entries(part.properties ?? {})) {
    if (value.description === undefined) yield `${path}${key}`;
    yield* keysWithoutDescription(value, `${path}${key}.`);
  }
  for (const option of part.anyOf ?? []) yield* keysWithoutDescription(option, path);
  if (typeof part.additionalProperties === 'object')
    yield* keysWithoutDescription(part.additionalProperties, `${path}*.`);
  if (part.items !== undefined) yield* keysWithoutDescription(part.items, `${path}[].`);
}
