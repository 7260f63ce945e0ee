import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createCertificates } from '../../../src/io/certificates/certificates.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { exchangeBytes, instance, openSocket, route, startGateway, startUpstream, stateOf } from './support.ts';

const dir = await tempDir();
let tls: { cert: string; key: string };
let ca: string;

beforeAll(async () => {
  const certificates = createCertificates({ XDG_CONFIG_HOME: dir.path });
  const made = await certificates.obtain({ workspace: 'shop-abc123', names: [], write: true });
  tls = { cert: await readFile(made.certFile, 'utf8'), key: await readFile(made.keyFile, 'utf8') };
  ca = await readFile(certificates.authorityFile, 'utf8');
});
afterAll(() => dir[Symbol.asyncDispose]());

async function ask(port: number, path: string, agent = new Agent({ ca })) {
  const outgoing = request({ host: '127.0.0.1', servername: 'localhost', port, path, agent });
  const [response] = await once(outgoing.end(), 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode as number, headers: response.headers, body };
}

test('over TLS services are told that their client came by https', async () => {
  await using upstream = await startUpstream((incoming, response) => response.end(JSON.stringify(incoming.headers)));
  await using gateway = await startGateway(
    stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }),
    { tls },
  );
  const { status, body } = await ask(gateway.port, '/a');
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    'x-forwarded-proto': 'https',
    'x-forwarded-port': String(gateway.port),
    forwarded: `for=127.0.0.1;host="127.0.0.1:${gateway.port}";proto=https`,
  });
});

test('the addresses that the gateway itself gives out are https', async () => {
  await using gateway = await startGateway(stateOf({}), { tls });
  const { headers, body } = await ask(gateway.port, '/nothing');
  expect(headers['x-msa-error']).toBe('not-found');
  expect(JSON.parse(body).type).toBe(`https://127.0.0.1:${gateway.port}/problems/not-found`);
});

test('a connection carries one request after the other', async () => {
  await using upstream = await startUpstream((_request, response) => response.end('one'));
  await using gateway = await startGateway(
    stateOf({ instances: [instance('a-1', upstream)], routes: [route('/a', 'a')] }),
    { tls },
  );
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 1 });
  for (let times = 0; times < 3; times += 1) expect((await ask(gateway.port, '/a', agent)).body).toBe('one');
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  agent.destroy();
});

test('versions of TLS before 1.2 are refused', async () => {
  await using gateway = await startGateway(stateOf({}), { tls });
  const options = { port: gateway.port, host: '127.0.0.1', ca, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const old = connect({ ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
  await expect(once(old, 'secureConnect')).rejects.toThrow();
  const current = connect({ ...options, servername: 'localhost' });
  await once(current, 'secureConnect');
  expect(current.getProtocol()).toBe('TLSv1.3');
  current.destroy();
});

test('who does not begin to speak TLS is let go, and bytes that are none do no harm', async () => {
  await using gateway = await startGateway(stateOf({}), { tls, limits: { headersTimeoutMs: 500 } });
  const silent = openSocket(gateway);
  await once(silent.resume(), 'close');
  expect(await exchangeBytes(gateway, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).not.toMatchObject({ ended: 'open' });
  expect((await ask(gateway.port, '/')).status).toBe(200);
});

test.each([
  ['GET /a?b=1 HTTP/1.1\r\nHost: shop.test:8443\r\n\r\n', 'https://shop.test:8443/a?b=1'],
  ['HEAD / HTTP/1.0\r\nx: y\r\nhost:  localhost \r\n\r\n', 'https://localhost/'],
])('a request without TLS is told where to go: %j', async (text, location) => {
  await using gateway = await startGateway(stateOf({}), { tls });
  const answer = await exchangeBytes(gateway, text);
  expect(answer.text).toMatch(/^HTTP\/1\.1 307 /);
  expect(answer.text).toContain(`\r\nlocation: ${location}\r\n`);
  expect(answer.ended).not.toBe('open');
});

test.each([
  'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx',
  'GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n',
  'GET //x\ny HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /a HTTP/1.1\r\n\r\n',
])('a request without TLS that cannot simply be asked again is refused: %j', async (text) => {
  await using gateway = await startGateway(stateOf({}), { tls });
  const answer = await exchangeBytes(gateway, text);
  expect(answer.text).toMatch(/^HTTP\/1\.1 400 .*Only HTTPS is spoken here/s);
  expect(answer.ended).not.toBe('open');
});

test('a handshake that comes in pieces is one', async () => {
  await using gateway = await startGateway(stateOf({}), { tls });
  const raw = openSocket(gateway);
  const slow = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      raw.write(chunk.subarray(0, 1), () => raw.write(chunk.subarray(1), () => done()));
    },
  });
  raw.setNoDelay(true).on('data', (chunk) => slow.push(chunk));
  const secure = connect({ socket: slow, servername: 'localhost', ca });
  await once(secure, 'secureConnect');
  secure.destroy();
  raw.destroy();
});

test('an idle connection over TLS is closed when its time is over, and at once when the gateway stops', async () => {
  await using gateway = await startGateway(stateOf({}), { tls, limits: { idleTimeoutMs: 60 } });
  const options = { port: gateway.port, host: '127.0.0.1', servername: 'localhost', ca };
  const idle = connect(options);
  await once(idle, 'secureConnect');
  await once(idle.resume(), 'close');
  const patient = { headersTimeoutMs: 300_000, requestTimeoutMs: 300_000, drainMs: 300_000 };
  await using other = await startGateway(stateOf({}), { tls, limits: patient });
  const silent = openSocket(other).resume();
  await once(silent, 'connect');
  const waiting = connect({ ...options, port: other.port }).resume();
  await once(waiting, 'secureConnect');
  const closed = Promise.all([once(waiting, 'close'), once(silent, 'close')]);
  await other.gateway.close();
  await closed;
  await waitUntil('both are gone', async () => idle.destroyed && waiting.destroyed);
});
