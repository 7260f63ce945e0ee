import { request } from 'undici';
import { expect, test } from 'vitest';

import type { ValidatePolicy } from '../../../src/protocol/policies/validate.ts';
import { httpService, sendJson } from '../../support/http-service.ts';
import type { Answering } from '../../support/http-service.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { closedPort, edge, instance, route, startGateway, stateOf } from './support.ts';
import type { TestGateway } from './support.ts';

const order = {
  type: 'object',
  required: ['item', 'qty'],
  properties: { item: { type: 'string', pattern: '^[a-z]+$' }, qty: { type: 'integer', minimum: 1 } },
};
const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const contract = {
  openapi: '3.1.0',
  paths: {
    '/orders': {
      get: {
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } }],
        responses: { 200: json({ type: 'array', items: order }) },
      },
      post: {
        requestBody: { required: true, ...json({ $ref: '#/components/schemas/Order' }) },
        responses: { 201: {} },
      },
    },
    '/orders/{id}': { get: { parameters: [{ name: 'id', in: 'path', schema: { type: 'integer' } }] } },
  },
  components: { schemas: { Order: order } },
};

interface Parts {
  readonly document?: unknown;
  readonly answer?: Answering;
}

/** A service with a contract, behind a route that compares messages with it. */
async function start(validate: Partial<ValidatePolicy>, { document = contract, answer }: Parts = {}) {
  const give: Answering = answer ?? ((_request, response) => sendJson(response, []));
  const service = await httpService((received, response) => {
    if (received.path !== '/openapi.json') return give(received, response);
    if (document === null) return sendJson(response, {}, { status: 404 });
    return sendJson(response, document);
  });
  const policy = {
    validate: {
      request: true,
      response: 'no',
      unknown: 'pass',
      without: 'pass',
      maxBytes: 10_000,
      ...validate,
    } as const,
  };
  const instances = [instance('orders-1', { address: '127.0.0.1', port: service.port })];
  const routes = [route('/orders', 'orders', { policy })];
  const gateway = await startGateway(stateOf({ instances, routes }));
  return {
    service,
    gateway,
    instances,
    routes,
    url: `${gateway.url}/orders`,
    /** What the service was asked for beside its contract. */
    received: () => service.received.filter(({ path }) => path !== '/openapi.json'),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

async function ask(url: string, options: Parameters<typeof request>[1] = {}) {
  const { statusCode: status, headers, body } = await request(url, options);
  const text = await body.text();
  const isJson = String(headers['content-type']).includes('json');
  return { status, headers, text, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

function post(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text } as const;
}

async function incidents({ adminUrl }: TestGateway, name: string): Promise<number> {
  const { text } = await ask(`${adminUrl}/metrics`);
  const line = text.split('\n').find((each) => each.includes(`incident="${name}"`) && each.includes('route='));
  return Number(line?.split(' ').at(-1));
}

test('a request that breaks the contract is told where, and never reaches the service', async () => {
  await using system = await start({});
  const answer = await ask(`${system.url}?x=1`, post({ item: 'A1', qty: 0 }));
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['x-msa-error']).toBe('invalid-message');
  expect(answer.body).toMatchObject({
    title: 'Request breaks the contract',
    detail: 'body /item must match pattern "^[a-z]+$", and 1 more.',
    errors: [
      { in: 'body', pointer: '/item', detail: 'must match pattern "^[a-z]+$"' },
      { in: 'body', pointer: '/qty', detail: 'must be >= 1' },
    ],
  });
  expect(system.received()).toEqual([]);
  expect(await incidents(system.gateway, 'invalid_request')).toBe(1);
});

test.each([
  ['/orders/x', {}, '/id', 'path'],
  ['/orders?limit=101', {}, '/limit', 'query'],
  ['/orders?limit=1&limit=2', {}, '/limit', 'query'],
  ['/orders', post('{"item":'), '', 'body'],
  ['/orders', post(''), '', 'body'],
] as const)('%s with %j is refused', async (...[path, options, pointer, place]) => {
  await using system = await start({});
  const answer = await ask(`${system.gateway.url}${path}`, options);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toMatchObject([{ pointer, in: place }]);
  expect(system.received()).toEqual([]);
});

test('a request that keeps to the contract passes byte by byte', async () => {
  await using system = await start({});
  const body = ' {"qty" : 1.0, "item":"pen", "more": 12345678901234567890} ';
  expect((await ask(system.url, post(body))).status).toBe(200);
  expect((await ask(`${system.url}?limit=5`)).status).toBe(200);
  expect(system.received().map((each) => each.body)).toEqual([body, '']);
});

test('a body larger than may be checked is refused', async () => {
  await using system = await start({});
  expect((await ask(system.url, post({ item: 'x'.repeat(20_000), qty: 1 }))).status).toBe(413);
  expect(system.received()).toEqual([]);
});

const unknown = [
  ['/orders/1/lines', {}, 404],
  ['/orders', { method: 'DELETE' }, 405],
  ['/orders', post('x', { 'content-type': 'text/plain' }), 415],
  ['/orders', post({}, { 'content-encoding': 'gzip' }), 415],
] as const;

test.each(unknown)('what the contract does not name passes: %s %j', async (path, options) => {
  await using system = await start({});
  expect((await ask(`${system.gateway.url}${path}`, options)).status).toBe(200);
  expect(await incidents(system.gateway, 'unchecked')).toBe(1);
});

test.each(unknown)(
  'what the contract does not name is refused where that is asked for: %s %j',
  async (path, options, status) => {
    await using system = await start({ unknown: 'refuse' });
    const answer = await ask(`${system.gateway.url}${path}`, options);
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers['allow']).toBe('GET, POST');
    expect(system.received()).toEqual([]);
  },
);

test.each([
  ['no document', null],
  ['a document of another kind', { swagger: '2.0' }],
] as const)('with %s requests pass, or are refused where that is asked for', async (_what, document) => {
  await using open = await start({}, { document });
  expect((await ask(open.url, post({}))).status).toBe(200);
  expect(await incidents(open.gateway, 'unchecked')).toBe(1);
  await using closed = await start({ without: 'refuse' }, { document });
  expect((await ask(closed.url, post({}))).status).toBe(503);
  expect(closed.received()).toEqual([]);
});

test('a contract is fetched once for many requests, and again when instances change', async () => {
  await using system = await start({});
  for (let count = 0; count < 5; count += 1) await ask(system.url, post({ item: 'pen', qty: 1 }));
  const fetches = () => system.service.received.filter(({ path }) => path === '/openapi.json').length;
  expect(fetches()).toBe(1);
  const stricter = structuredClone(contract);
  stricter.components.schemas.Order.properties.qty.minimum = 5;
  await using newer = await httpService((received, response) => {
    sendJson(response, received.path === '/openapi.json' ? stricter : []);
  });
  const instances = [instance('orders-2', { address: '127.0.0.1', port: newer.port })];
  await system.gateway.gateway.apply(stateOf({ instances, routes: system.routes }));
  await waitUntil(
    'the newer contract',
    async () => (await ask(system.url, post({ item: 'pen', qty: 1 }))).status === 400,
  );
  expect((await ask(system.url, post({ item: 'pen', qty: 5 }))).status).toBe(200);
});

test('an answer that breaks the contract does not reach the client', async () => {
  let body: unknown = [{ item: 'pen', qty: 'many' }];
  await using system = await start(
    { response: 'refuse' },
    { answer: (_request, response) => sendJson(response, body) },
  );
  const broken = await ask(system.url);
  expect(broken.status).toBe(502);
  expect(broken.body['errors']).toEqual([{ in: 'body', pointer: '/0/qty', detail: 'must be integer' }]);
  expect(await incidents(system.gateway, 'invalid_answer')).toBe(1);
  body = [{ item: 'pen', qty: 1 }];
  expect((await ask(system.url)).body).toEqual(body);
  expect(system.received()[0]?.headers['accept-encoding']).toBe('identity');
});

test('an answer that breaks the contract is only told of where that is asked for', async () => {
  const body = [{ item: 'pen', qty: 'many' }];
  await using system = await start({ response: 'log' }, { answer: (_request, response) => sendJson(response, body) });
  const answer = await ask(system.url);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(body);
  const told = () => system.gateway.log().filter(({ msg }) => msg === 'answer breaks the contract');
  await waitUntil('a line in the log', async () => told().length > 0);
  expect(told()[0]).toMatchObject({ path: '/orders', errors: [{ pointer: '/0/qty' }] });
  expect(JSON.stringify(told())).not.toContain('many');
});

test('answers that cannot be compared pass', async () => {
  const answers: Answering[] = [
    (_request, response) => sendJson(response, { error: 'x' }, { status: 404 }),
    (_request, response) => response.end('text'),
    (_request, response) =>
      sendJson(
        response,
        Array.from({ length: 2000 }, () => ({ item: 1 })),
      ),
  ];
  for (const answer of answers) {
    await using system = await start({ response: 'refuse' }, { answer });
    expect((await ask(system.url)).status).not.toBe(502);
  }
});

test('calls between services are compared with the contract of the one that is called', async () => {
  await using service = await httpService((received, response) => {
    sendJson(response, received.path === '/openapi.json' ? contract : []);
  });
  const { port } = await closedPort();
  const validate = { request: true, response: 'no', unknown: 'pass', without: 'pass', maxBytes: 10_000 } as const;
  const instances = [instance('orders-1', { address: '127.0.0.1', port: service.port })];
  const edges = [edge('carts>orders', port, { policy: { validate } })];
  await using gateway = await startGateway(stateOf({ instances, edges }));
  expect(gateway.port).not.toBe(port);
  expect((await ask(`http://127.0.0.1:${port}/orders`, post({ item: 'pen', qty: 0 }))).status).toBe(400);
  expect((await ask(`http://127.0.0.1:${port}/orders`, post({ item: 'pen', qty: 1 }))).status).toBe(200);
});

test('what is changed on the way is compared as the service will get it', async () => {
  await using system = await start({});
  const none = { remove: [], rename: [], set: [] };
  const transform = { request: { body: { ...none, rename: [[['amount'], ['qty']]] } }, maxBytes: 10_000 } as const;
  const routes = system.routes.map((declared) => ({ ...declared, policy: { ...declared.policy, transform } }));
  await system.gateway.gateway.apply(stateOf({ instances: system.instances, routes }));
  expect((await ask(system.url, post({ item: 'pen', qty: 1 }))).status).toBe(200);
  expect((await ask(system.url, post({ item: 'pen', amount: 1 }))).status).toBe(200);
  expect((await ask(system.url, post({ item: 'pen', amount: 0 }))).body['errors']).toMatchObject([{ pointer: '/qty' }]);
});
