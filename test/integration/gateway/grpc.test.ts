import { once } from 'node:events';
import { connect as connectHttp2, createServer } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

import { Metadata, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';

import { get, send } from '../../../scripts/hypermedia-client.js';
import type { System } from '../../../src/protocol/system.ts';
import { freePort } from '../../support/free-port.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { askOnce, grpcClient, methods, startGrpcService } from './grpc-service.ts';
import { closedPort, edge, instance, route, startGateway, stateOf } from './support.ts';
import type { Address } from './support.ts';

type StateParts = Parameters<typeof stateOf>[0];

/** A state in which the service speaks HTTP/2. */
function h2cState(parts: StateParts) {
  const state = stateOf(parts);
  const system = state.system as System;
  const services = system.services.map((service) => ({ ...service, protocol: 'h2c' as const }));
  return { ...state, system: { ...system, services } };
}

const gatewayTo = (upstream: Address, config: Parameters<typeof startGateway>[1] = {}) =>
  startGateway(h2cState({ instances: [instance('echo-1', upstream)], routes: [route('/shop.Echo', 'echo')] }), config);

test('T28: a call goes to the service and its answer comes back, with trailers', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const told = await askOnce(client, 'hello');
  expect(told).toMatchObject({ answer: 'heard hello', code: undefined });
  const [metadata] = upstream.calls.metadata;
  expect(metadata?.get('x-forwarded-for')).toEqual(['127.0.0.1']);
  await waitUntil('it is logged', async () => gateway.log().some(({ path }) => path === '/shop.Echo/Unary'));
  expect(gateway.log().find(({ path }) => path === '/shop.Echo/Unary')).toMatchObject({ status: 200 });
});

test('T28: an error of the service is the one its client gets', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const told = await askOnce(client, 'fail');
  expect(told).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'not today, 100 %' });
  expect(told.trailers?.get('x-trailer')).toEqual(['after']);
  expect(upstream.calls.unary).toBe(1);
});

test('T28: messages stream to the service', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const { path, requestSerialize, responseDeserialize } = methods.collect;
  const answer = new Promise((resolve, reject) => {
    const call = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, (error, text) =>
      error ? reject(error) : resolve(text),
    );
    for (const text of ['a', 'b', 'c']) call.write(text);
    call.end();
  });
  expect(await answer).toBe('a,b,c');
});

test('T28: messages stream from the service', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const { path, requestSerialize, responseDeserialize } = methods.count;
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, '500');
  const numbers: string[] = [];
  call.on('data', (number: string) => numbers.push(number));
  const [told] = await once(call, 'status');
  expect(told.code).toBe(status.OK);
  expect([numbers.length, numbers.at(-1)]).toEqual([500, '500']);
});

test('T28: both sides talk in turn, each waiting for the other', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const { path, requestSerialize, responseDeserialize } = methods.chat;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  for (const text of ['one', 'two', 'three']) {
    call.write(text);
    expect((await once(call, 'data'))[0]).toBe(`heard ${text}`);
  }
  const ended = once(call, 'status');
  call.end();
  expect((await ended)[0].code).toBe(status.OK);
});

test('T28: a call goes through an edge', async () => {
  await using upstream = await startGrpcService();
  const port = await freePort();
  await using _gateway = await startGateway(
    h2cState({ instances: [instance('echo-1', upstream)], edges: [edge('web>echo', port)] }),
  );
  using client = grpcClient(port);
  expect(await askOnce(client, 'hello')).toMatchObject({ answer: 'heard hello' });
});

test('T28: problems of the gateway are told as gRPC tells them', async () => {
  const routes = [route('/shop.Echo', 'echo')];
  await using empty = await startGateway(h2cState({ routes }));
  using client = grpcClient(empty.port);
  expect(await askOnce(client, 'hello')).toMatchObject({
    code: status.UNAVAILABLE,
    details: expect.stringContaining('echo has no instances'),
  });
  await using nothing = await startGateway(stateOf({}));
  using lost = grpcClient(nothing.port);
  expect(await askOnce(lost, 'hello')).toMatchObject({ code: status.UNIMPLEMENTED });
  await waitUntil('it is logged', async () => nothing.log().some(({ problem }) => problem === 'not-found'));
});

test('T28: a call goes to another instance when one takes no connection', async () => {
  await using upstream = await startGrpcService();
  const instances = [instance('echo-1', await closedPort()), instance('echo-2', upstream)];
  await using gateway = await startGateway(h2cState({ instances, routes: [route('/shop.Echo', 'echo')] }));
  using client = grpcClient(gateway.port);
  for (let times = 0; times < 4; times += 1) expect((await askOnce(client, 'hello')).answer).toBe('heard hello');
});

test('T28: a call that the service has seen is not sent again', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const asking = askOnce(client, 'hang');
  await waitUntil('the service has it', async () => upstream.calls.unary === 1);
  upstream.kill();
  expect(await asking).toMatchObject({ code: status.UNAVAILABLE });
  expect(upstream.calls.unary).toBe(1);
});

test('T28: the time that a client gives ends the call everywhere', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  const session = connectHttp2(gateway.url);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/shop.Echo/Unary',
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': '100m',
  });
  stream.end(Buffer.from([0, 0, 0, 0, 4, ...Buffer.from('hang')]));
  const [headers] = await once(stream, 'response');
  expect(headers).toMatchObject({ ':status': 200, 'grpc-status': '4' });
  await waitUntil('the service knows', async () => upstream.calls.cancelled === 1);
  session.destroy();
});

test('T28: the time of a call that has begun to answer ends it with its status', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  const session = connectHttp2(gateway.url);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/shop.Echo/Count',
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': '150m',
  });
  const text = Buffer.from('2…');
  stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), text]));
  stream.resume();
  const [trailers] = await once(stream, 'trailers');
  expect(trailers).toMatchObject({ 'grpc-status': '4' });
  await waitUntil('the service knows', async () => upstream.calls.cancelled === 1);
  session.destroy();
});

test('T28: a client that gives up cancels the call at the service', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await gatewayTo(upstream);
  using client = grpcClient(gateway.port);
  const { path, requestSerialize, responseDeserialize } = methods.chat;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
  call.on('error', () => undefined);
  call.write('hello');
  await once(call, 'data');
  call.cancel();
  await waitUntil('the service knows', async () => upstream.calls.cancelled === 1);
});

/** A service of HTTP/2 that is no gRPC. */
async function startH2c(answer: (path: string, session: ServerHttp2Session) => string | undefined) {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const text = answer(String(headers[':path']), stream.session as ServerHttp2Session);
    if (text === undefined) return stream.close(7);
    stream.respond({ ':status': 200, 'x-proto': 'h2', 'set-cookie': ['a=1', 'b=2'] });
    stream.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dispose = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: '127.0.0.1', port, sessions, [Symbol.asyncDispose]: dispose };
}

test('a client of HTTP/1 reaches a service that speaks only HTTP/2', async () => {
  await using upstream = await startH2c((path) => `at ${path}`);
  await using gateway = await startGateway(
    h2cState({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }),
  );
  const answer = await get(`${gateway.url}/a/b?c`);
  expect(answer).toMatchObject({ status: 200, body: 'at /a/b?c' });
  expect(answer.headers).toMatchObject({ 'x-proto': 'h2', 'set-cookie': ['a=1', 'b=2'], 'x-msa-instance': 'a-1' });
  expect((await send('POST', `${gateway.url}/a`, { body: 'x' })).status).toBe(200);
  await waitUntil('one connection does', async () => upstream.sessions.size === 1);
});

test('what an instance refuses before it looks at it is sent again, and a connection that ends is made anew', async () => {
  let asked = 0;
  await using upstream = await startH2c((_path, session) => {
    asked += 1;
    if (asked === 1) return undefined;
    if (asked === 3) session.goaway(0);
    return `answer ${asked}`;
  });
  await using gateway = await startGateway(
    h2cState({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }),
  );
  for (const expected of ['answer 2', 'answer 3', 'answer 4'])
    expect(await get(`${gateway.url}/a`)).toMatchObject({ status: 200, body: expected });
});

test('a service that does not speak HTTP/2 although it should is a bad gateway', async () => {
  await using upstream = await startGrpcService();
  await using gateway = await startGateway(
    stateOf({ instances: [instance('echo-1', upstream)], routes: [route('/shop.Echo', 'echo')] }),
  );
  using client = grpcClient(gateway.port);
  expect(await askOnce(client, 'hello')).toMatchObject({ code: status.UNAVAILABLE });
});
