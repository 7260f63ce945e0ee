import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { rules } from '../src/rules.ts';
import { collection, createTestApp, follow, newKey, send } from './support.ts';

/** Users and payments, as far as orders see them. */
const paid = new Map<string, object>();
const neighbours = createServer((request, response) => {
  const [, kind, id = ''] = (request.url ?? '').split('/');
  if (kind === 'users') {
    if (id === 'usr_unknown') return void response.writeHead(404).end();
    return void json(200, { id, name: 'Ann', email: 'ann@example.com', status: id === 'usr_gone' ? 'suspended' : 'active' });
  }
  if (request.method === 'GET') return void json(200, { id, status: id === 'pay_back' ? 'refunded' : 'captured' });
  const key = String(request.headers['idempotency-key']);
  if (!paid.has(key)) paid.set(key, { id: `pay_${paid.size + 1}`, status: 'captured' });
  return void json(201, paid.get(key) ?? {});

  function json(status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
});

before(async () => {
  await new Promise<void>((resolve) => neighbours.listen(0, '127.0.0.1', resolve));
  const { port } = neighbours.address() as AddressInfo;
  process.env['USERS_URL'] = `http://127.0.0.1:${port}`;
  process.env['PAYMENTS_URL'] = `http://127.0.0.1:${port}`;
});
after(() => neighbours.close());

const draft = { userId: 'usr_1', item: 'book', quantity: 1, amount: 12.5, currency: 'EUR' };
const linkTo = (body: any, rel: string) => body.links.find((link: { rel: string }) => link.rel === rel);

test('only active users order', async () => {
  const app = createTestApp({ rules });
  const order = async (userId: string) => (await send(app, 'POST', collection, { payload: { ...draft, userId } })).status;
  assert.deepEqual([await order('usr_1'), await order('usr_gone'), await order('usr_unknown')], [201, 422, 422]);
});

test('nobody claims a payment by himself', async () => {
  const app = createTestApp({ rules });
  assert.equal((await send(app, 'POST', collection, { payload: { ...draft, paymentId: 'pay_9' } })).status, 422);
});

test('paying takes the money once, however often the request is repeated', async () => {
  const app = createTestApp({ rules });
  const created = await send(app, 'POST', collection, { payload: draft });
  const { pathname } = new URL(linkTo(created.body, 'pay').href);
  const headers = { 'if-match': created.etag, 'idempotency-key': newKey() };
  const before = paid.size;
  const [first, again] = [await send(app, 'POST', pathname, { headers }), await send(app, 'POST', pathname, { headers })];
  assert.equal(first.body.status, 'paid');
  assert.equal(again.body.paymentId, first.body.paymentId);
  assert.equal(paid.size, before + 1);
});

test('a paid order ships and keeps what was agreed on', async () => {
  const app = createTestApp({ rules });
  const created = await send(app, 'POST', collection, { payload: draft });
  const order = await follow(app, linkTo(created.body, 'pay'), created.etag);
  const edit = { payload: { ...draft, amount: 1, paymentId: order.body.paymentId }, headers: { 'if-match': order.etag } };
  assert.equal((await send(app, 'PUT', `${collection}/${order.body.id}`, edit)).status, 422);
  const shipped = await follow(app, linkTo(order.body, 'ship'), order.etag);
  assert.equal(shipped.body.status, 'shipped', shipped.text);
});

test('a service that is away makes the request fail as such', async () => {
  const app = createTestApp({ rules });
  const url = process.env['USERS_URL'];
  process.env['USERS_URL'] = 'http://127.0.0.1:1';
  const reply = await send(app, 'POST', collection, { payload: draft });
  process.env['USERS_URL'] = url;
  assert.equal(reply.status, 502);
});
