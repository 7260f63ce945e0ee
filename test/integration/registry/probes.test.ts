import { createServer, type AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { waitUntil } from '../../support/wait-until.ts';
import { answerWith, recordOf, startService } from './support/fake-service.ts';
import { http, instancesOf, put, startRegistry, systemOf, untilInstance } from './support/registry.ts';

test('an instance is starting until its ready path answers well, then up', async () => {
  await using service = await startService();
  service.answer = answerWith(503);
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders'], http('/health/ready')));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  const starting = await untilInstance(registry, 'orders-1', { problem: 'answered 503 on /health/ready' });
  expect(starting).toMatchObject({ status: 'starting', source: 'engine', address: '127.0.0.1', port: service.port });
  service.answer = answerWith(204);
  const up = await untilInstance(registry, 'orders-1', { status: 'up', problem: '' });
  expect(Date.parse(up.since)).toBeGreaterThan(Date.parse(starting.since));
  expect(new Set(service.asked)).toEqual(new Set(['/health/ready']));
});

test('an instance whose program dies is down at once, and up again after one good probe', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await service.die();
  await untilInstance(registry, 'orders-1', { status: 'down', problem: 'connection refused' });
  await service.comeBack();
  const asked = service.asked.length;
  await untilInstance(registry, 'orders-1', { status: 'up', problem: '' });
  expect(service.asked.length).toBeGreaterThan(asked);
});

test('an instance that hangs up instead of answering is down at once', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  service.answer = (response) => void response.destroy();
  await untilInstance(registry, 'orders-1', { status: 'down', problem: 'hung up without an answer' });
});

test('one failed answer changes nothing but the problem; the second in a row does', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  const { since } = await untilInstance(registry, 'orders-1', { status: 'up' });
  service.answer = (response) => {
    service.answer = answerWith(200);
    response.writeHead(500).end();
  };
  const asked = service.asked.length;
  await waitUntil('it is asked again', async () => service.asked.length >= asked + 3);
  expect(await instancesOf(registry)).toMatchObject([{ status: 'up', since, problem: '' }]);
  service.answer = answerWith(500);
  await untilInstance(registry, 'orders-1', { status: 'down', problem: 'answered 500 on /health/ready' });
});

test('an instance that takes requests and never answers goes down, and comes back', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  service.answer = () => undefined;
  await untilInstance(registry, 'orders-1', { status: 'down', problem: 'no answer within 1 s' });
  service.answer = answerWith(200);
  await untilInstance(registry, 'orders-1', { status: 'up' });
});

test('an endless body does not hold a probe', async () => {
  await using service = await startService();
  const chunk = 'x'.repeat(64 * 1024);
  const closed: number[] = [];
  service.answer = (response) => {
    let sent = 0;
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    response.on('drain', more);
    response.once('close', () => closed.push(sent));
    more();
  };
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await waitUntil('the registry hangs up', async () => closed.length > 1);
});

test('a program that is not HTTP is named as that', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('-ERR unknown command\r\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await using registry = await startRegistry();
    await put(`${registry.url}/v1/system`, systemOf(['orders']));
    const { port } = server.address() as AddressInfo;
    await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', { port })] });
    const expected = { status: 'starting', problem: 'answered something else than HTTP' } as const;
    await untilInstance(registry, 'orders-1', expected);
  } finally {
    server.close();
  }
});

test('tcp health is that the port takes connections', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['redis'], { kind: 'tcp' }));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('redis-1', service)] });
  await untilInstance(registry, 'redis-1', { status: 'up' });
  expect(service.asked).toEqual([]);
  await service.die();
  await untilInstance(registry, 'redis-1', { status: 'down', problem: 'connection refused' });
});

test('a ready path with letters beyond ASCII is asked for as browsers do', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders'], http('/größe?a=%20')));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  expect(service.asked[0]).toBe('/gr%c3%b6%c3%9fe?a=%20');
});

test('a draining instance stays that whatever it answers, and is not asked', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service, true)] });
  await untilInstance(registry, 'orders-1', { status: 'draining', draining: true });
  await service.die();
  await using other = await startService();
  const both = [recordOf('orders-1', service, true), recordOf('orders-2', other)];
  await put(`${registry.url}/v1/sources/engine`, { instances: both });
  await waitUntil('the other was probed thrice', async () => other.asked.length > 2);
  await untilInstance(registry, 'orders-1', { status: 'draining', problem: '' });
});

test('an instance that has moved begins anew, and what its old place answers no longer counts', async () => {
  await using old = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', old)] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await using next = await startService();
  next.answer = answerWith(503);
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', next)] });
  const asked = old.asked.length;
  await waitUntil('the new place was probed thrice', async () => next.asked.length > 2);
  expect(await instancesOf(registry)).toMatchObject([{ status: 'starting', port: next.port }]);
  expect(old.asked.length).toBeLessThanOrEqual(asked + 1);
});

test('an instance of a service nobody has described waits for the description', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  expect(await instancesOf(registry)).toMatchObject([{ status: 'starting', problem: 'unknown service' }]);
  await put(`${registry.url}/v1/system`, systemOf(['users']));
  expect(await instancesOf(registry)).toMatchObject([{ status: 'starting', problem: 'unknown service' }]);
  expect(service.asked).toEqual([]);
  await put(`${registry.url}/v1/system`, systemOf(['users', 'orders']));
  await untilInstance(registry, 'orders-1', { status: 'up', problem: '' });
});

test('a changed ready path is asked for from then on, without a moment of starting', async () => {
  await using service = await startService();
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders'], http('/old')));
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('orders-1', service)] });
  const { since } = await untilInstance(registry, 'orders-1', { status: 'up' });
  await put(`${registry.url}/v1/system`, { ...systemOf(['orders'], http('/new')), version: '2' });
  await waitUntil('the new path is asked for', async () => service.asked.filter((path) => path === '/new').length > 1);
  expect(await instancesOf(registry)).toMatchObject([{ status: 'up', since }]);
});
