import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClientProject, type ClientProject } from './client-project.ts';
import { clientOf, operations, ordersDocument } from './documents.ts';

interface Received {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
type Answer = (response: ServerResponse, received: Received) => void;
type Client = Readonly<
  Record<string, (...given: unknown[]) => Promise<{ body: unknown; etag?: string; status: number }>>
>;
type Create = (options?: { readonly baseUrl?: string }) => Client;

const received: Received[] = [];
let answer: Answer;
const server = createServer((request, response) => void receive(request, response));
async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const one = { line: `${request.method} ${request.url}`, headers: request.headers, body };
  received.push(one);
  answer(response, one);
}
const json =
  (value: unknown, status = 200, headers = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };

let project: ClientProject;
let baseUrl: string;
let create: Create;

async function load(name: string, document: unknown): Promise<Create> {
  await project.write(name, clientOf(document));
  return (await project.load<{ createShopClient: Create }>(name)).createShopClient;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  baseUrl = `http://127.0.0.1:${address.port}`;
  project = await createClientProject();
  create = await load('orders', ordersDocument());
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  server.close();
});
afterEach(() => {
  received.length = 0;
  delete process.env['SHOP_URL'];
});

const client = (base = baseUrl): Client => create({ baseUrl: base });
const call = (name: string, ...given: unknown[]) => {
  const run = client()[name];
  if (!run) throw new Error(`the client has no ${name}`);
  return run(...given);
};

describe('a generated client', () => {
  it('sends body and headers, and returns body, status and etag', async () => {
    answer = json({ id: 'ord_1' }, 201, { etag: '"1-x"' });
    const reply = await call('createOrder', { body: { item: 'cup' }, idempotencyKey: 'k1' });
    expect(reply).toMatchObject({ status: 201, etag: '"1-x"', body: { id: 'ord_1' } });
    expect(received[0]).toMatchObject({
      line: 'POST /orders',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'idempotency-key': 'k1' },
      body: '{"item":"cup"}',
    });
  });

  it('keeps a value in its segment of the path', async () => {
    answer = json({});
    await call('getOrder', { id: '../admin?x=1#y/ü' });
    expect(received[0]?.line).toBe('GET /orders/..%2Fadmin%3Fx%3D1%23y%2F%C3%BC');
  });

  it.each(['', '.', '..'])('refuses %j as a segment, since no encoding keeps it one', async (id) => {
    await expect(call('getOrder', { id })).rejects.toThrow(`${JSON.stringify(id)} cannot be part of a path`);
    expect(received).toEqual([]);
  });

  it('leaves out what is not given', async () => {
    answer = json({ items: [] });
    await call('listOrders', { cursor: 'a&b=c' });
    await call('listOrders');
    expect(received.map(({ line }) => line)).toEqual(['GET /orders?cursor=a%26b%3Dc', 'GET /orders']);
  });

  it('sends lists as repeated parameters, and names that mean something to JavaScript', async () => {
    const parameters = [
      { in: 'query', name: 'tag', schema: { type: 'array', items: { type: 'string' } } },
      { in: 'query', name: '__proto__', schema: { type: 'string' } },
    ];
    const odd = await load('odd', operations({ "/it's/`${x}`": { get: { operationId: 'odd', parameters } } }));
    answer = json(null);
    await odd({ baseUrl })['odd']?.({ x: 1, tag: ['a', 'b c'], protoValue: 'p' });
    expect(received[0]?.line).toBe('GET /it%27s/%60$1%60?tag=a&tag=b+c&__proto__=p');
  });

  it('fails as call does, with what the service said', async () => {
    answer = json({ title: 'Changed' }, 412, { 'content-type': 'application/problem+json' });
    await expect(call('payOrder', { id: 'a', ifMatch: '"1-x"' })).rejects.toMatchObject({
      kind: 'bad-gateway',
      members: { upstream: { status: 412, problem: { title: 'Changed' } } },
    });
  });

  it('reads its address when it is called, and says what to do when there is none', async () => {
    await expect(create()['listOrders']?.()).rejects.toThrow(
      'SHOP_URL is not set; `calls: [shop]` of this service in msa.yaml sets it',
    );
    process.env['SHOP_URL'] = baseUrl;
    answer = json({ items: [] });
    await expect(create()['listOrders']?.()).resolves.toMatchObject({ status: 200 });
  });

  it('gives up when its caller does', async () => {
    const caller = new AbortController();
    // Once it is here, so that it does not come while the next test runs.
    answer = () => caller.abort();
    await expect(call('listOrders', {}, { signal: caller.signal })).rejects.toMatchObject({ kind: 'bad-gateway' });
  });
});

const linked = (href: string, method = 'POST') => ({ links: [{ rel: 'pay', method, href }] });

describe('followLink', () => {
  it('does what the link offers', async () => {
    answer = json({ status: 'paid' }, 200, { etag: '"2-x"' });
    const order = linked(`${baseUrl}/v1/orders/ord_1/pay?x=1#y`);
    const reply = await client(`${baseUrl}/v1/`)['followLink']?.(order, 'pay', { ifMatch: '"1-x"', body: { a: 1 } });
    expect(reply).toMatchObject({ body: { status: 'paid' }, etag: '"2-x"' });
    expect(received[0]).toMatchObject({
      line: 'POST /v1/orders/ord_1/pay?x=1',
      headers: { 'if-match': '"1-x"' },
      body: '{"a":1}',
    });
  });

  it('refuses what is not offered', async () => {
    await expect(call('followLink', linked(baseUrl), 'ship')).rejects.toMatchObject({
      kind: 'bad-gateway',
      message: 'shop does not offer "ship" now.',
    });
  });

  it.each([
    'http://169.254.169.254/latest',
    '//evil.example/v1/orders',
    'https://127.0.0.1/v1',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    '/v10/orders',
    '/v1/../admin',
    '/v1/%2e%2e/admin',
    String.raw`\\evil.example\v1`,
  ])('refuses %s, which is not the service it calls', async (href) => {
    const base = `${baseUrl}/v1`;
    await expect(client(base)['followLink']?.(linked(href), 'pay')).rejects.toMatchObject({
      kind: 'bad-gateway',
      message: 'The link "pay" of shop does not lead to shop.',
    });
    expect(received).toEqual([]);
  });

  it('refuses methods that call does not know, and sends no credentials of a link', async () => {
    await expect(call('followLink', linked(`${baseUrl}/orders`, 'CONNECT'), 'pay')).rejects.toMatchObject({
      kind: 'bad-gateway',
    });
    answer = json({});
    await call('followLink', linked(`${baseUrl.replace('//', '//user:secret@')}/orders`), 'pay');
    expect(received[0]?.headers.authorization).toBeUndefined();
  });
});
