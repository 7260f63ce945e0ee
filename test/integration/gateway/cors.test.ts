import { request } from 'undici';
import { describe, expect, test } from 'vitest';

import type { CorsPolicy } from '../../../src/protocol/policies/cors.ts';
import { closedPort, instance, route, startGateway, startUpstream, stateOf } from './support.ts';
import type { Address } from './support.ts';

const app = 'https://app.example.com';
const policy: CorsPolicy = {
  origins: [app],
  methods: ['GET', 'PUT'],
  headers: ['*'],
  expose: ['location'],
  credentials: true,
  maxAgeSeconds: 5,
};

const start = (upstream: Address, cors: CorsPolicy = policy) =>
  startGateway(
    stateOf({
      instances: [instance('orders-1', upstream)],
      routes: [route('/orders', 'orders', { policy: { cors } })],
    }),
  );

describe('a preflight', () => {
  const asked = { origin: app, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a' };

  test('is answered by the gateway, although no instance is there', async () => {
    await using gateway = await start(await closedPort());
    const { statusCode, headers } = await request(`${gateway.url}/orders/1`, { method: 'OPTIONS', headers: asked });
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'x-a',
      'access-control-max-age': '5',
      vary: 'Origin',
    });
  });

  test('of another origin gets no leave', async () => {
    await using gateway = await start(await closedPort());
    const { statusCode, headers } = await request(`${gateway.url}/orders`, {
      method: 'OPTIONS',
      headers: { ...asked, origin: 'https://evil.example' },
    });
    expect(statusCode).toBe(204);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(headers['vary']).toBe('Origin');
  });

  test('is only what asks for a method: other OPTIONS reach the service', async () => {
    await using upstream = await startUpstream((_request, response) => response.writeHead(200, { allow: 'GET' }).end());
    await using gateway = await start(upstream);
    const { headers } = await request(`${gateway.url}/orders`, { method: 'OPTIONS', headers: { origin: app } });
    expect(headers).toMatchObject({ allow: 'GET', 'access-control-allow-origin': app });
  });
});

describe('an answer to a page of another origin', () => {
  test('has one word on it: that of the route', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('Access-Control-Expose-Headers', 'x-secret');
      response.setHeader('vary', 'Accept');
      response.end('orders');
    });
    await using gateway = await start(upstream);
    const { headers, body } = await request(`${gateway.url}/orders`, { headers: { origin: app } });
    expect(await body.text()).toBe('orders');
    expect(headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-expose-headers': 'location',
      vary: ['Accept', 'Origin'],
    });
  });

  test('can be read also when it is a refusal', async () => {
    await using gateway = await start(await closedPort());
    const { statusCode, headers } = await request(`${gateway.url}/orders`, { headers: { origin: app } });
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ 'access-control-allow-origin': app, vary: 'Origin' });
  });

  test('has no leave for other origins, and none for everyone when there are credentials', async () => {
    await using upstream = await startUpstream((_request, response) => response.end('orders'));
    await using gateway = await start(upstream, { ...policy, origins: ['*'] });
    for (const [origin, expected] of [
      [app, app],
      ['https://other.example', 'https://other.example'],
      ['null', undefined],
    ] as const) {
      const { headers } = await request(`${gateway.url}/orders`, { headers: { origin } });
      expect(headers['access-control-allow-origin']).toBe(expected);
      expect(headers['vary']).toBe('Origin');
    }
  });
});
