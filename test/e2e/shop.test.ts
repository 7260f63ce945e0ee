import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { follow, get, linkOf, relsOf, send, type Reply } from '../../scripts/hypermedia-client.js';
import { docker, hasDocker, startContainer, type Container } from '../support/docker.ts';
import { createKeeper } from '../support/keeper.ts';
import { npm, runBuiltMsa } from '../support/rest-template.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The example as a user gets it, each service a process of its own, on a real Redis. */
describe.skipIf(!hasDocker)('the shop', () => {
  const { keep, disposeAll } = createKeeper();
  let redis: Container;
  let users: ServiceProcess;
  let payments: ServiceProcess;
  let orders: ServiceProcess;
  let env: Record<string, string>;
  const folder = (name: string): string => join(root, 'services', name);
  let root = '';

  beforeAll(async () => {
    const dir = keep(await tempDir());
    redis = keep(await startContainer('redis:8', ['--publish', '127.0.0.1::6379']));
    await runBuiltMsa(dir.path, 'init', 'shop', '--example', 'shop', '--yes');
    root = join(dir.path, 'shop');
    await npm(folder('orders'), ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']);
    for (const name of ['users', 'payments']) {
      // Made from the same template and store, they have the same dependencies.
      await symlink(join(folder('orders'), 'node_modules'), join(folder(name), 'node_modules'));
    }
    for (const name of ['users', 'payments', 'orders']) await npm(folder(name), ['run', 'build']);
    await waitUntil('Redis answers', async () => (await docker('exec', redis.id, 'redis-cli', 'ping')) === 'PONG');
    env = { REDIS_URL: `redis://${await redis.address(6379)}` };
    users = keep(await startService(folder('users'), env));
    payments = keep(await startService(folder('payments'), env));
    orders = keep(await startService(folder('orders'), { ...env, USERS_URL: users.url, PAYMENTS_URL: payments.url }));
  });
  afterAll(disposeAll);

  test('orders passes its own checks and tests, those of its rules included', async () => {
    await npm(folder('orders'), ['run', 'types']);
    await npm(folder('orders'), ['test'], env);
  });

  test('an order of an active user is paid, shipped, and has made one payment', async () => {
    const order = await createOrder(await createUser());
    const paid = await follow(order, 'pay');
    expect(paid, JSON.stringify(paid.body)).toMatchObject({ status: 200, body: { status: 'paid' } });
    const payment = await get(`${payments.url}/payments/${paid.body.paymentId}`);
    expect(payment.body).toMatchObject({ orderId: order.body.id, amount: 12.5, status: 'captured' });
    const shipped = await follow(paid, 'ship');
    expect(shipped.body.status).toBe('shipped');
    expect(relsOf(shipped)).not.toContain('pay');
  });

  test('an unknown or suspended user cannot order', async () => {
    expect(await tryOrder('usr_nobody')).toMatchObject({ status: 422, body: { title: 'Refused by a rule' } });
    const user = await createUser();
    await follow(user, 'suspend');
    expect(await tryOrder(user.body.id)).toMatchObject({ status: 422 });
  });

  test('what was refunded does not ship', async () => {
    const paid = await follow(await createOrder(await createUser()), 'pay');
    const payment = await get(`${payments.url}/payments/${paid.body.paymentId}`);
    await follow(payment, 'refund');
    expect(await follow(paid, 'ship')).toMatchObject({ status: 422 });
  });

  test('while payments is away paying fails as such, and the same request works when it is back', async () => {
    const order = await createOrder(await createUser());
    const headers = { 'if-match': order.headers.etag ?? '', 'idempotency-key': '"pay-once"' };
    const pay = (): Promise<Reply> => send('POST', linkOf(order, 'pay')?.href ?? '', { headers });
    const { port } = new URL(payments.url);
    await payments.stop();
    expect(await pay()).toMatchObject({ status: 502, body: { title: 'A called service failed' } });
    payments = keep(await startService(folder('payments'), env, Number(port)));
    expect(await pay()).toMatchObject({ status: 200, body: { status: 'paid' } });
    expect(await pay()).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' } });
  });

  async function createUser(): Promise<Reply> {
    const user = await follow(await get(users.url), 'create', { name: 'Ann', email: 'ann@example.com' });
    expect(user.status, JSON.stringify(user.body)).toBe(201);
    return user;
  }

  async function tryOrder(userId: string): Promise<Reply> {
    return follow(await get(orders.url), 'create', {
      userId,
      item: 'book',
      quantity: 1,
      amount: 12.5,
      currency: 'EUR',
    });
  }

  async function createOrder(user: Reply): Promise<Reply> {
    const order = await tryOrder(user.body.id);
    expect(order.status, JSON.stringify(order.body)).toBe(201);
    return order;
  }
});
