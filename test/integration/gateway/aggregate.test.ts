import { request } from 'undici';
import { expect, test } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import type { AggregatePolicy } from '../../../src/protocol/policies/aggregate.ts';
import type { SystemRoute } from '../../../src/protocol/system.ts';
import { httpService, sendJson } from '../../support/http-service.ts';
import type { Answering } from '../../support/http-service.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { closedPort, instance, openSocket, startGateway, stateOf } from './support.ts';

/** The route /home as msa.yaml declares it. */
function declare(calls: string, more = ''): SystemRoute {
  const services = ['orders', 'users', 'hints'].map((name) => `  ${name}: { path: ${name} }`);
  const route = `    - { path: /home, ${more} aggregate: { calls: { ${calls.replaceAll(/\s+/g, ' ')} } } }`;
  const text = ['name: shop', 'services:', ...services, 'gateway:', '  routes:', route].join('\n');
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const [declared] = parsed.workspace.gateway.routes;
  if (!declared) throw new Error('there is no route');
  return declared;
}

const home = `
  order: { service: orders, path: "/orders/{query.id}", headers: [authorization] },
  user: { service: users, path: "/users/{order.body.userId}", allow: [name, email] },
  hints: { service: hints, path: "/hints?for={query.id}", optional: true, pick: /items, group: tips }`;

const answers: Record<string, unknown> = {
  '/orders/1': { id: 12_345, userId: 'u/1'.replace('/', ' '), total: 5 },
  '/users/u%201': { name: 'Ann', email: 'ann@example.com', secret: 'x' },
  '/hints?for=1': { items: ['a', 'b'] },
};

const pages: Answering = ({ path }, response) => {
  const page = answers[path];
  sendJson(response, page ?? { title: 'Not found' }, { status: page === undefined ? 404 : 200 });
};

function pagesWith(status: number): Answering {
  return (_request, response) => sendJson(response, { title: 'No' }, { status });
}

function saying(document: unknown): Answering {
  return (_request, response) => sendJson(response, document);
}

const echo: Answering = ({ path }, response) => sendJson(response, path);
const silent: Answering = () => undefined;
const hesitant: Answering = (_request, response) => void setTimeout(() => sendJson(response, { userId: 1 }), 20);

interface Services {
  readonly orders?: Answering;
  readonly users?: Answering;
  readonly hints?: Answering | 'down';
}

async function start(declared: SystemRoute, { orders = pages, users = pages, hints = pages }: Services = {}) {
  const started = {
    orders: await httpService(orders),
    users: await httpService(users),
    hints: await httpService(hints === 'down' ? pages : hints),
  };
  const nobody = await closedPort();
  const instances = Object.entries(started).map(([name, { port }]) => {
    const address = { address: '127.0.0.1', port: name === 'hints' && hints === 'down' ? nobody.port : port };
    return instance(`${name}-1`, address);
  });
  const gateway = await startGateway(stateOf({ instances, routes: [declared] }));
  const dispose = async (): Promise<void> => {
    await gateway[Symbol.asyncDispose]();
    for (const service of Object.values(started)) await service[Symbol.asyncDispose]();
  };
  return { ...started, gateway, url: `${gateway.url}/home`, [Symbol.asyncDispose]: dispose };
}

async function ask(url: string, options: Parameters<typeof request>[1] = {}) {
  const { statusCode: status, headers, body } = await request(url, options);
  const text = await body.text();
  return { status, headers, text, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function incidents(adminUrl: string, name: string): Promise<number> {
  const { body } = await request(`${adminUrl}/metrics`);
  const line = (await body.text())
    .split('\n')
    .find((each) => each.includes(`incident="${name}"`) && each.includes('/home'));
  return Number(line?.split(' ').at(-1));
}

test('one request gets what several services say, with values of one answer in the next', async () => {
  await using system = await start(declare(home));
  const answer = await ask(`${system.url}?id=1`, { headers: { authorization: 'Bearer x', cookie: 'a=b', 'x-y': 'z' } });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    order: answers['/orders/1'],
    user: { name: 'Ann', email: 'ann@example.com' },
    tips: ['a', 'b'],
  });
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache' });
  expect(answer.headers).not.toHaveProperty('x-msa-partial');
  const [order] = system.orders.received;
  const [user] = system.users.received;
  expect(order?.headers).toMatchObject({ authorization: 'Bearer x', 'x-request-id': answer.headers['x-request-id'] });
  expect(order?.headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(order?.headers).not.toHaveProperty('cookie');
  expect(order?.headers).not.toHaveProperty('x-y');
  expect(user?.headers).not.toHaveProperty('authorization');
  expect(user?.headers['traceparent']?.slice(0, 35)).toBe(order?.headers['traceparent']?.slice(0, 35));
});

test('calls that need nothing of each other are made at once', async () => {
  const waiting: (() => void)[] = [];
  const together: Answering = (_request, response) => {
    waiting.push(() => sendJson(response, {}));
    if (waiting.length === 2) for (const answer of waiting) answer();
  };
  const calls = 'a: { service: orders, path: / }, b: { service: users, path: / }';
  await using system = await start(declare(calls), { orders: together, users: together });
  expect((await ask(system.url)).body).toEqual({ a: {}, b: {} });
});

test('HEAD tells the length, other methods are refused', async () => {
  await using system = await start(declare(home));
  const whole = await ask(`${system.url}?id=1`);
  const head = await ask(`${system.url}?id=1`, { method: 'HEAD' });
  expect(head.headers['content-length']).toBe(String(whole.text.length));
  const post = await ask(`${system.url}?id=1`, { method: 'POST', body: 'x' });
  expect(post.status).toBe(405);
  expect(post.headers['allow']).toBe('GET, HEAD');
});

test.each([
  ['down', 'could not be asked: no instance took the request', undefined],
  [pagesWith(500), 'answered 500', 500],
  [((_request, response) => response.end('text')) satisfies Answering, 'answered something else than JSON', 200],
  [
    ((_request, response) => void response.socket?.destroy()) satisfies Answering,
    'broke off, or answered too much',
    undefined,
  ],
] as const)('a part that is optional may be missing, and the result says so: %#', async (hints, reason, status) => {
  await using system = await start(declare(home), { hints });
  const answer = await ask(`${system.url}?id=1`);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ 'x-msa-partial': 'hints', 'cache-control': 'no-store' });
  expect(answer.body).toMatchObject({ user: { name: 'Ann' } });
  expect(answer.body).not.toHaveProperty('tips');
  expect(answer.body['_problems']).toEqual([{ part: 'hints', reason, ...(status && { status }) }]);
  expect(await incidents(system.gateway.adminUrl, 'partial')).toBe(1);
});

test.each([
  [{ users: pagesWith(500) }, 502, 'part-failed', 'user answered 500.'],
  [{ users: pagesWith(404) }, 404, 'part-failed', 'user answered 404.'],
  [{ users: pagesWith(401) }, 401, 'part-failed', 'user answered 401.'],
  [{ users: pagesWith(418) }, 502, 'part-failed', 'user answered 418.'],
  [
    { orders: saying({ userId: '../admin' }) },
    502,
    'part-failed',
    'user cannot be asked: {order.body.userId} cannot be part of an address.',
  ],
  [{ orders: saying({}) }, 502, 'part-failed', 'user cannot be asked: {order.body.userId} is missing.'],
] as const)('without a part that is required there is no answer: %#', async (...[services, status, kind, detail]) => {
  await using system = await start(declare(home), services);
  const answer = await ask(`${system.url}?id=1`);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['x-msa-error']).toBe(kind);
  expect(answer.body).toMatchObject({ status, detail, part: 'user', instance: '/home' });
});

test.each([
  ['', 'order cannot be asked: {query.id} is missing.'],
  ['?id=1&id=2', 'order cannot be asked: {query.id} is missing.'],
  ['?id=..', 'order cannot be asked: {query.id} cannot be part of an address.'],
  ['?id=a%2Fb', 'order cannot be asked: {query.id} cannot be part of an address.'],
] as const)('a client that does not send what calls need is told: %j', async (query, detail) => {
  await using system = await start(declare(home));
  const answer = await ask(system.url + query);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ detail, part: 'order' });
  expect(system.orders.received).toEqual([]);
});

test('the time is one for all calls: what has come is the answer, if nothing required is missing', async () => {
  const route = declare(home, 'timeout: 300ms,');
  await using partial = await start(route, { hints: silent });
  expect((await ask(`${partial.url}?id=1`)).body['_problems']).toEqual([
    { part: 'hints', reason: 'gave no answer within 300 ms' },
  ]);
  await using late = await start(route, { users: silent });
  const answer = await ask(`${late.url}?id=1`);
  expect(answer.status).toBe(504);
  expect(answer.body).toMatchObject({ part: 'user', detail: 'user gave no answer within 300 ms.' });
});

test('a call is told what is left of the time', async () => {
  await using system = await start(declare(home, 'timeout: 5s,'), { orders: hesitant, users: saying({}) });
  expect((await ask(`${system.url}?id=1`)).status).toBe(200);
  const left = [system.orders, system.users].map(({ received }) => Number(received[0]?.headers['x-msa-timeout-ms']));
  expect(left[0]).toBeGreaterThan(left[1] ?? NaN);
  expect(left[0]).toBeLessThanOrEqual(5000);
});

test('a client that goes ends all calls', async () => {
  let closed = 0;
  const never: Answering = (_request, response) => void response.once('close', () => (closed += 1));
  const calls = 'a: { service: orders, path: / }, b: { service: users, path: / }';
  await using system = await start(declare(calls), { orders: never, users: never });
  const socket = openSocket(system.gateway);
  socket.write('GET /home HTTP/1.1\r\nhost: shop.test\r\n\r\n');
  await waitUntil('both calls', async () => system.orders.received.length + system.users.received.length === 2);
  socket.destroy();
  await waitUntil('the end of both calls', async () => closed === 2);
});

test('a list becomes a call for each of its items', async () => {
  const calls = `
    list: { service: orders, path: "/list", group: false },
    people: { service: users, path: "/users/{item.user}", forEach: { list: "{list.body.items}" }, pick: /0 }`;
  const orders = saying({ items: [{ user: 3 }, { user: 1 }, { user: 2 }] });
  await using system = await start(declare(calls), { orders, users: echo });
  expect((await ask(system.url)).body).toEqual({ people: '/users/3' });
  expect(system.users.received.map(({ path }) => path).toSorted()).toEqual(['/users/1', '/users/2', '/users/3']);
});

test('the rest of the path is there by its segments', async () => {
  await using system = await start(declare('order: { service: orders, path: "/orders/{path.1}" }'));
  expect((await ask(`${system.url}/1`)).body).toEqual({ order: answers['/orders/1'] });
  expect((await ask(`${system.url}/%2e%2e%2f1`)).status).toBe(400);
  expect((await ask(`${system.url}/`)).body).toMatchObject({ status: 400, part: 'order' });
});

test('what services say twice is said once, by the first in the order of the file', async () => {
  const calls = 'a: { service: orders, path: /, merge: true }, b: { service: users, path: /, merge: true }';
  await using system = await start(declare(calls), {
    orders: saying({ id: 12, a: 1 }),
    users: saying({ id: 34, b: 2 }),
  });
  for (let round = 0; round < 5; round += 1) expect((await ask(system.url)).body).toEqual({ id: 12, a: 1, b: 2 });
  expect(await incidents(system.gateway.adminUrl, 'collision')).toBe(5);
  const told = system.gateway.log().filter(({ msg }) => msg === 'parts of an answer collide');
  expect(told).toMatchObject([{ members: ['b.id'] }]);
});

test('numbers beyond doubles keep their digits, also on their way into an address', async () => {
  const big = '{"id":12345678901234567890}';
  const calls = 'a: { service: orders, path: / }, b: { service: users, path: "/{a.body.id}" }';
  const orders: Answering = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(big);
  };
  await using system = await start(declare(calls), { orders, users: echo });
  expect((await ask(system.url)).text).toBe(`{"a":${big},"b":"/12345678901234567890"}`);
});

test('an answer that is made of too much is none', async () => {
  const declared = declare('a: { service: orders, path: / }');
  await using system = await start(declared, { orders: saying('x'.repeat(1_100_000)) });
  expect((await ask(system.url)).body).toMatchObject({ status: 502, part: 'a' });
});

test.each([
  ['calls that need each other', { a: ['/', { from: 'call', call: 'a', steps: [] }] }],
  ['a path that is none', { a: ['orders'] }],
  ['a line end', { a: ['/ HTTP/1.1\r\nx: y'] }],
  ['a prototype', { a: ['/', { from: 'call', call: 'a', steps: ['__proto__'] }] }],
] as const)('%s in the policy closes the route', async (_what, paths) => {
  const place = { kind: 'merge' } as const;
  const calls = Object.entries(paths).map(([name, path]) => {
    return { name, service: 'orders', method: 'GET', path, query: [], headers: [], optional: false, place } as const;
  });
  const aggregate: AggregatePolicy = { timeoutMs: 1000, base: '/home', calls };
  await using system = await start({ path: '/home', timeoutMs: 1000, retryAttempts: 0, policy: { aggregate } });
  expect((await ask(system.url)).body).toMatchObject({ status: 500 });
  expect(system.orders.received).toEqual([]);
});
