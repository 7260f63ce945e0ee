import { once } from 'node:events';
import { get as request, type ServerResponse } from 'node:http';

import { expect, test } from 'vitest';

import { waitUntil } from '../../support/wait-until.ts';
import { instance, route, startGateway, startUpstream, stateOf } from './support.ts';

/** A service that streams what the test writes. */
async function startStream() {
  const streams: ServerResponse[] = [];
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.push(response);
  });
  return { ...upstream, streams, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() };
}

const stateWith = (upstream: { address: string; port: number }, timeoutMs: number) =>
  stateOf({ instances: [instance('news-1', upstream)], routes: [route('/news', 'news', { timeoutMs })] });

async function read(url: string) {
  const [response] = await once(request(url), 'response');
  let text = '';
  response.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { response, text: () => text };
}

test('T18: an event stream outlives the time of its route', async () => {
  await using upstream = await startStream();
  await using gateway = await startGateway(stateWith(upstream, 1000));
  const stream = await read(`${gateway.url}/news`);
  const later = performance.now() + 1200;
  await waitUntil('the time is over', async () => performance.now() > later);
  upstream.streams[0]?.end('data: late\n\n');
  await once(stream.response, 'end');
  expect(stream.text()).toBe('data: late\n\n');
});

test('T16: a client that closes its event stream closes that of the service', async () => {
  await using upstream = await startStream();
  await using gateway = await startGateway(stateWith(upstream, 5000));
  const stream = await read(`${gateway.url}/news`);
  const closed = once(upstream.streams[0] as ServerResponse, 'close');
  stream.response.destroy();
  await closed;
});
