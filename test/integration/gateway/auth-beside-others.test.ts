import { expect, test } from 'vitest';

import { send } from '../../../scripts/hypermedia-client.js';
import type { RoutePolicy } from '../../../src/protocol/policy.ts';
import { startIssuer } from './issuer.ts';
import { instance, route, startGateway, startUpstream, stateOf } from './support.ts';

const asked: RoutePolicy = {
  auth: { mode: 'required', scopes: [], roles: [], methods: {}, forwardToken: true },
};

/** A gateway whose route `/orders` asks for a token and has this policy besides. */
async function startGuarded(policy: RoutePolicy) {
  let reached = 0;
  const issuer = await startIssuer();
  const orders = await startUpstream(({ headers }, response) => {
    reached += 1;
    response.setHeader('cache-control', 'public, max-age=60');
    response.end(`for ${String(headers['x-msa-user'])}`);
  });
  const instances = [instance('auth-1', issuer), instance('orders-1', orders)];
  const routes = [route('/orders', 'orders', { policy: { ...asked, ...policy } })];
  const gateway = { auth: { issuers: [issuer.rules()], keys: [] } };
  const running = await startGateway(stateOf({ instances, routes, gateway }));
  return {
    reached: () => reached,
    ask: (headers: Record<string, string> = {}, method = 'GET') => send(method, `${running.url}/orders`, { headers }),
    bearer: async (sub: string) => `Bearer ${await issuer.token({ sub })}`,
    [Symbol.asyncDispose]: async () => {
      await running.gateway.close();
      await orders[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

const cache = { ttlMs: 0, vary: [], maxBytes: 1024, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };

test('what was kept is given to nobody who is not let in', async () => {
  await using shop = await startGuarded({ cache: { ...cache, private: false } });
  const authorization = await shop.bearer('ada');
  expect(await shop.ask({ authorization })).toMatchObject({ status: 200, body: 'for ada' });
  expect(await shop.ask({ authorization })).toMatchObject({ status: 200, body: 'for ada' });
  expect(shop.reached()).toBe(1);
  expect((await shop.ask()).status).toBe(401);
  expect((await shop.ask({ authorization: `${authorization}x` })).status).toBe(401);
});

test('what is kept for each caller is given to that caller alone', async () => {
  await using shop = await startGuarded({ cache: { ...cache, private: true } });
  for (const user of ['ada', 'bob', 'ada', 'bob'])
    expect((await shop.ask({ authorization: await shop.bearer(user) })).body).toBe(`for ${user}`);
  expect((await shop.ask()).status).toBe(401);
});

test('a page may ask whether it may ask, and may read why it may not', async () => {
  const cors = { methods: ['GET'], headers: ['authorization'], expose: ['www-authenticate'] };
  await using shop = await startGuarded({
    cors: { origins: ['https://app.test'], ...cors, credentials: false, maxAgeSeconds: 60 },
  });
  const origin = 'https://app.test';
  const preflight = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };
  expect((await shop.ask({ origin, ...preflight }, 'OPTIONS')).status).toBe(204);
  const { status, headers } = await shop.ask({ origin });
  expect(status).toBe(401);
  expect(headers['access-control-allow-origin']).toBe(origin);
  expect((await shop.ask({ origin, authorization: await shop.bearer('ada') })).body).toBe('for ada');
  expect(shop.reached()).toBe(1);
});

test('whoever tries one token after the other is counted by address, and by nothing else', async () => {
  const common = { shared: false, perMs: 3_600_000, kind: 'rate', exact: false, whenRedisIsGone: 'local' } as const;
  await using shop = await startGuarded({
    rateLimit: [
      { name: 'address', by: 'address', limit: 3, burst: 3, ...common },
      { name: 'user', by: 'user', limit: 1, burst: 1, ...common },
    ],
  });
  const good = await shop.ask({ authorization: await shop.bearer('ada') });
  expect(good).toMatchObject({
    status: 200,
    headers: { ratelimit: expect.stringMatching(/^"address";r=2;t=\d+, "user";r=0;/) },
  });
  const bad = await shop.ask({ authorization: 'Bearer bad' });
  expect(bad).toMatchObject({ status: 401, headers: { ratelimit: expect.stringMatching(/^"address";r=1;t=\d+$/) } });
  expect((await shop.ask()).status).toBe(401);
  const late = await shop.ask({ authorization: await shop.bearer('bob') });
  expect(late).toMatchObject({ status: 429, body: { detail: 'The limit "address" is 3 in 3600 s.' } });
});
