import { expect, test } from 'vitest';

import { send } from '../../../scripts/hypermedia-client.js';
import { startDescribed } from './described-gateway.ts';

function workspace(trusted: string): string {
  return `
name: shop
gateway:
  trustedProxies: [${trusted}]
  access: { public: { deny: [203.0.113.9] } }
  routes: [{ path: /old, redirect: { path: /users } }]
services:
  users:
    path: users
    routes:
      - { path: /users }
      - { path: /office, access: { allow: [192.0.2.0/24] } }
      - { path: /limited, rateLimit: { limit: 1, per: 1h } }
  orders: { path: orders, calls: [users] }
`;
}

const proxied = (client: string) => ({
  'x-forwarded-for': `6.6.6.6, ${client}, 10.0.0.7`,
  'x-forwarded-proto': 'https',
});

test('T21: what a trusted proxy says of its client holds for everything that looks at clients', async () => {
  await using gateway = await startDescribed(workspace('127.0.0.1, 10.0.0.0/8'));
  const ask = (path: string, client: string) => send('GET', gateway.url + path, { headers: proxied(client) });
  const { body } = await ask('/users', '192.0.2.1');
  expect(body.headers).toMatchObject({ 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' });
  expect(body.headers.forwarded).toMatch(/^for=192\.0\.2\.1;host="127\.0\.0\.1:\d+";proto=https$/);
  expect((await ask('/old', '192.0.2.1')).headers.location).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/users$/);
  expect([(await ask('/office', '192.0.2.1')).status, (await ask('/office', '198.51.100.1')).status]).toEqual([
    200, 403,
  ]);
  expect([(await ask('/users', '203.0.113.9')).status, (await ask('/', '203.0.113.9')).status]).toEqual([403, 403]);
  const limited = [
    await ask('/limited', '192.0.2.1'),
    await ask('/limited', '192.0.2.1'),
    await ask('/limited', '192.0.2.2'),
  ];
  expect(limited.map(({ status }) => status)).toEqual([200, 429, 200]);
  expect((await ask('/', '192.0.2.1')).body.links[0].href).toMatch(/^https:/);
});

test('T21: others are not believed, and no service is', async () => {
  await using gateway = await startDescribed(workspace('127.0.0.2'));
  const headers = proxied('192.0.2.1');
  for (const url of [`${gateway.url}/users`, `${gateway.edgeUrl('orders>users')}/users`]) {
    const { body } = await send('GET', url, { headers });
    expect(body.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  }
  expect((await send('GET', `${gateway.url}/office`, { headers })).status).toBe(403);
});
