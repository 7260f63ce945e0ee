import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { get, send } from '../../../scripts/hypermedia-client.js';
import { startDescribed } from './described-gateway.ts';
import type { DescribedGateway } from './described-gateway.ts';

const yaml = `
name: shop
gateway:
  port: auto
services:
  web:
    path: web
    routes:
      - path: /
      - { path: /, host: api.example.com, headers: { version: two } }
  orders:
    path: orders
    routes:
      - path: /orders
      - matches:
          - { exact: /sum }
          - { path: /totals, query: { of: orders } }
  next:
    path: next
    routes:
      - { path: /orders, headers: { x-version: "2" } }
      - { path: /orders, methods: [PATCH, DELETE] }
      - { path: /orders, query: { beta: "1" } }
  admin:
    path: admin
    routes:
      - { path: /, host: admin.example.com }
      - { path: /, host: "*.example.com", methods: [PUT] }
`;

let gateway: DescribedGateway;
beforeAll(async () => {
  gateway = await startDescribed(yaml);
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function servedBy(text: string): Promise<string> {
  const [method = '', address = '', ...conditions] = text.split(' ');
  const slash = address.indexOf('/');
  const fields = Object.fromEntries(conditions.map((condition) => condition.split('=')));
  const headers = { ...(slash > 0 && { host: address.slice(0, slash) }), ...fields };
  const reply = await send(method, gateway.url + address.slice(slash), { headers });
  return reply.status === 200 ? String(reply.headers['x-from']) : String(reply.status);
}

describe('a request is for the route that says most of it', () => {
  test.each([
    ['GET /orders/7', 'orders'],
    ['GET /orders/7 x-version=2', 'next'],
    ['GET /orders/7 x-version=3', 'orders'],
    ['GET /orders?beta=1', 'next'],
    ['GET /orders?beta=1&beta=2', 'next'],
    ['GET /orders?beta=2&beta=1', 'orders'],
    ['DELETE /orders/7', 'next'],
    ['POST /orders', 'orders'],
    ['GET /ordersx', 'web'],
    ['GET /sum', 'orders'],
    ['GET /sum/', 'web'],
    ['GET /totals/all?of=orders', 'orders'],
    ['GET /totals/all?of=users', 'web'],
    ['GET api.example.com/anything version=two', 'web'],
    ['GET admin.example.com/orders', 'admin'],
    ['GET admin.example.com:8080/orders', 'admin'],
    ['PUT any.example.com/orders', 'admin'],
    ['GET any.example.com/orders', 'orders'],
    ['PUT example.com/orders', 'orders'],
  ])('%s: %s', async (text, expected) => {
    expect(await servedBy(text)).toBe(expected);
  });
});

test('a path that exists with other methods only is not found, as HTTPRoute has it', async () => {
  await using narrow = await startDescribed(
    'name: shop\nservices: { a: { path: a, routes: [{ path: /a, methods: [GET] }] } }\n',
  );
  expect((await get(`${narrow.url}/a`)).status).toBe(200);
  const refused = await send('DELETE', `${narrow.url}/a`);
  expect(refused).toMatchObject({ status: 404, headers: { 'x-msa-error': 'not-found' } });
});

test('counters and the status tell routes of one path apart', async () => {
  await servedBy('GET /orders x-version=2');
  const metrics = String((await get(`${gateway.adminUrl}/metrics`)).body);
  expect(metrics).toMatch(/msa_gateway_requests_total\{route="\/orders \[x-version\]",status="2xx"\} \d+\n/);
  expect(metrics).toMatch(/msa_gateway_requests_total\{route="PATCH,DELETE \/orders",status="2xx"\} \d+\n/);
  const { body } = await get(`${gateway.adminUrl}/status`);
  expect(body.routes).toContainEqual(
    expect.objectContaining({
      name: '/orders ?beta',
      matches: [{ path: '/orders', query: { beta: '1' } }],
      service: 'next',
    }),
  );
});
