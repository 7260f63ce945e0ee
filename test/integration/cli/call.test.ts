import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';

import { describe, expect, test } from 'vitest';

import { fakeEngine, fakeEngines, observed } from '../../support/fake-engine.ts';
import { httpService, sendJson, type Answering } from '../../support/http-service.ts';
import { runMsaWith, type RunOptions } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A workspace whose gateway is a server of the test. */
async function withGateway(answer: Answering) {
  const dir = await tempDir();
  const root = join(dir.path, 'shop');
  await mkdir(root);
  await writeFile(join(root, 'msa.yaml'), 'name: shop\n');
  const service = await httpService(answer);
  const call = (options: RunOptions, published: string | undefined, argv: readonly string[]) =>
    runMsaWith(
      { ...options, deps: { engines: fakeEngines(fakeEngine([observed('gateway-1', { published })])) } },
      root,
      'call',
      ...argv,
    );
  const published = `127.0.0.1:${service.port}`;
  return {
    root,
    origin: `http://localhost:${service.port}`,
    port: service.port,
    received: service.received,
    call: (...argv: readonly string[]) => call({}, published, argv),
    callWith: (options: RunOptions, ...argv: readonly string[]) => call(options, published, argv),
    callWithout: (...argv: readonly string[]) => call({}, undefined, argv),
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

const order = (origin: string) => ({
  id: '1',
  status: 'created',
  links: [
    { rel: 'self', method: 'GET', href: `${origin}/orders/1` },
    { rel: 'pay', method: 'POST', href: '/orders/1/pay', requires: ['If-Match', 'Idempotency-Key'] },
    {
      rel: 'edit',
      method: 'PUT',
      href: '../orders/1',
      schema: `${origin}/openapi.json#/components/schemas/Draft`,
      requires: ['If-Match'],
    },
    { rel: 'help', href: 'https://example.com/help?a=1&b=2' },
  ],
});

const contract = {
  components: {
    schemas: {
      Draft: {
        type: 'object',
        required: ['item', 'qty', 'lines'],
        properties: {
          item: { type: 'string' },
          qty: { type: 'integer' },
          lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
          note: { type: 'string' },
        },
      },
      Line: { type: 'object', required: ['kind'], properties: { kind: { enum: ['gift'] } } },
    },
  },
};

/** A shop of one order. */
function shop({ method, path, headers, body }: Parameters<Answering>[0], response: Parameters<Answering>[1]): void {
  const origin = `http://${headers.host}`;
  if (path === '/openapi.json') sendJson(response, contract);
  else if (path === '/orders/1/pay') sendJson(response, { ...order(origin), status: 'paid', links: [] });
  else if (method === 'POST')
    sendJson(response, { ...order(origin), ...JSON.parse(body) }, { status: 201, headers: { etag: '"1-new"' } });
  else if (path === '/orders/1')
    sendJson(response, order(origin), { headers: { etag: '"1-abc"', 'x-msa-instance': 'orders-2' } });
  else sendJson(response, { title: 'Not Found' }, { status: 404 });
}

describe('an answer', () => {
  test('goes to stdout byte for byte, and what it means to stderr', async () => {
    await using gateway = await withGateway(shop);
    const { origin } = gateway;
    const run = await gateway.call('get', '/orders/1');
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(JSON.stringify(order(origin)));
    expect(run.stderr.split('\n')).toEqual([
      `GET ${origin}/orders/1: 200 OK by orders-2`,
      '',
      'LINK  METHOD  FOLLOW IT WITH',
      'self  GET     msa call GET /orders/1',
      'pay   POST    msa call GET /orders/1 --follow pay',
      `edit  PUT     msa call GET /orders/1 --follow edit --data '{"item":"text","qty":1,"lines":[{"kind":"gift"}]}'`,
      'help  GET     https://example.com/help?a=1&b=2 (not at this gateway)',
      '',
    ]);
  });

  test('is indented on a terminal', async () => {
    await using gateway = await withGateway((_, response) => sendJson(response, { a: [1] }));
    const run = await gateway.callWith({ terminals: ['stdout'] }, 'GET', '/');
    expect(run.stdout).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });

  test('cannot act on a terminal', async () => {
    await using gateway = await withGateway((_, response) => {
      response.setHeader('x-title', 'a\u009B2Jb');
      response.end('\u001B[2Jgone\n');
    });
    const run = await gateway.callWith({ terminals: ['stdout'] }, 'GET', '/', '--include');
    expect(run.stdout).toContain('\\x1b[2Jgone\n');
    expect(run.stdout).toMatch(/^x-title: a.?\\x9b2Jb$/m);
  });

  test('that is no text stays off a terminal, and passes a pipe unharmed', async () => {
    const bytes = Buffer.from([0, 255, 254, 10, 13, 0]);
    await using gateway = await withGateway((_, response) => response.end(bytes));
    const onTerminal = await gateway.callWith({ terminals: ['stdout'] }, 'GET', '/');
    expect(onTerminal).toMatchObject({ exitCode: 0, stdout: '' });
    expect(onTerminal.stderr).toContain('6 bytes that are no text are not shown on a terminal');
    const json = (await gateway.call('GET', '/', '--json')).json();
    expect(json).toMatchObject({ status: 200, base64: bytes.toString('base64'), links: [] });
  });

  test('says it is JSON and is not: shown as it is', async () => {
    await using gateway = await withGateway((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"broken');
    });
    expect(await gateway.callWith({ terminals: ['stdout'] }, 'GET', '/')).toMatchObject({
      exitCode: 0,
      stdout: '{"broken\n',
    });
    expect((await gateway.call('GET', '/', '--json')).json()).toMatchObject({ text: '{"broken', links: [] });
  });

  test('of any size passes a pipe', async () => {
    const size = 40 * 1024 ** 2;
    await using gateway = await withGateway((_, response) => {
      response.setHeader('content-type', 'application/json');
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      Readable.from(Array.from({ length: size / chunk.length }, () => chunk)).pipe(response);
    });
    const run = await gateway.call('GET', '/');
    expect(run.stdout.length).toBe(size);
    const held = await gateway.call('GET', '/', '--json');
    expect(held.exitCode).toBe(1);
    expect(held.json()).toMatchObject({ error: { code: 'MSA_ANSWER_TOO_LARGE' } });
  });

  test('is one object with --json', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.call('GET', '/orders/1', '--json');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.json()).toEqual({
      request: { method: 'GET', url: `${gateway.origin}/orders/1` },
      status: 200,
      statusText: 'OK',
      headers: expect.arrayContaining([{ name: 'etag', value: '"1-abc"' }]),
      body: order(gateway.origin),
      links: [
        { rel: 'self', method: 'GET', href: `${gateway.origin}/orders/1`, requires: [] },
        { rel: 'pay', method: 'POST', href: '/orders/1/pay', requires: ['if-match', 'idempotency-key'] },
        expect.objectContaining({ rel: 'edit', method: 'PUT', href: '../orders/1' }),
        { rel: 'help', method: 'GET', href: 'https://example.com/help?a=1&b=2', requires: [] },
      ],
      unfollowed: [],
    });
  });

  test('comes with its head where that is asked for', async () => {
    await using gateway = await withGateway((_, response) => sendJson(response, 1, { headers: { 'x-a': 'b' } }));
    const run = await gateway.call('GET', '/', '-i');
    expect(run.stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)*x-a: b\n(?:[a-z-]+: .*\n)*\n1$/);
  });

  test('that redirects is shown and not followed', async () => {
    await using gateway = await withGateway((_, response) => {
      response.writeHead(302, { location: 'http://elsewhere.example/' });
      response.end();
    });
    const run = await gateway.call('GET', '/', '--include');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toContain('location: http://elsewhere.example/\n');
    expect(gateway.received).toHaveLength(1);
  });

  test('of 400 and more ends with 1, its body still there', async () => {
    await using gateway = await withGateway((_, response) =>
      sendJson(response, { title: 'no instance' }, { status: 503, headers: { 'x-msa-error': 'no-instance' } }),
    );
    const run = await gateway.call('GET', '/orders');
    expect(run).toMatchObject({ exitCode: 1, stdout: '{"title":"no instance"}' });
    expect(run.stderr).toBe(
      `GET ${gateway.origin}/orders: 503 Service Unavailable by the gateway itself (no-instance)\n`,
    );
    expect((await gateway.call('GET', '/orders', '--json')).exitCode).toBe(1);
  });

  test('with links that are no links has none', async () => {
    const body = {
      links: [null, 'x', { rel: 1, href: '/' }, { rel: 'a' }, { rel: 'ok', href: '/b', method: 'get it' }],
    };
    await using gateway = await withGateway((_, response) => sendJson(response, body));
    const { links } = (await gateway.call('GET', '/', '--json')).json();
    expect(links).toEqual([{ rel: 'ok', method: 'GET', href: '/b', requires: [] }]);
  });

  test('with many items shows the links to a few of them', async () => {
    const items = Array.from({ length: 9 }, (_, index) => ({ links: [{ rel: 'self', href: `/orders/${index}` }] }));
    await using gateway = await withGateway((_, response) => sendJson(response, { items, links: [] }));
    const { stderr } = await gateway.call('GET', '/orders');
    expect(stderr.match(/^item .*$/gm)).toHaveLength(5);
    expect(stderr).toContain('msa call GET /orders/4\n');
  });
});

describe('a request', () => {
  test('carries a body, its type and an Idempotency-Key of its own', async () => {
    await using gateway = await withGateway(shop);
    await gateway.call('post', '/orders', '--data', '{"item":"tea"}');
    await gateway.call('post', '/orders', '--data', '{"item":"tea"}');
    const [first, second] = gateway.received.filter(({ method }) => method === 'POST');
    expect(first).toMatchObject({ body: '{"item":"tea"}', headers: { 'content-type': 'application/json' } });
    expect(first?.headers.host).toBe(`localhost:${gateway.port}`);
    expect(first?.headers['idempotency-key']).toMatch(/^"[0-9a-f-]{36}"$/);
    expect(second?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key']);
  });

  test('has the headers that are given, in place of its own', async () => {
    await using gateway = await withGateway(shop);
    const headers = ['-H', 'Content-Type: text/plain', '-H', 'idempotency-key: mine', '-H', 'Accept:text/html'];
    await gateway.call('POST', '/orders/1/pay', ...headers, '--data', 'no JSON');
    expect(gateway.received[0]).toMatchObject({
      body: 'no JSON',
      headers: { 'content-type': 'text/plain', 'idempotency-key': 'mine', accept: 'text/html' },
    });
  });

  test('takes its body from a file or from standard input', async () => {
    await using gateway = await withGateway(shop);
    await writeFile(join(gateway.root, 'body.json'), '{"item":"file"}');
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    stdin.end('{"item":"pipe"}');
    await gateway.call('POST', '/orders', '-d', '@body.json');
    await gateway.callWith({ stdin }, 'POST', '/orders', '-d', '-');
    const bodies = gateway.received.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(bodies).toEqual(['{"item":"file"}', '{"item":"pipe"}']);
  });

  test('goes to an address of the gateway however it is written, and nowhere else', async () => {
    await using gateway = await withGateway(shop);
    const { port, origin } = gateway;
    for (const target of [
      `${origin}/orders/1#there`,
      `http://127.0.0.1:${port}/orders/1`,
      `HTTP://LOCALHOST:${port}/orders/1`,
    ])
      expect(await gateway.call('GET', target)).toMatchObject({ exitCode: 0 });
    for (const target of [
      'http://elsewhere.example/',
      `https://localhost:${port}/`,
      `http://user:secret@localhost:${port}/`,
      `http://localhost:${port}.elsewhere.example/`,
      'file:///etc/passwd',
    ]) {
      const run = await gateway.call('GET', target);
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toContain('is not at the gateway of this system');
    }
    expect(gateway.received.filter(({ path }) => path !== '/openapi.json')).toHaveLength(3);
  });

  test('does not take two slashes for a host', async () => {
    await using gateway = await withGateway(shop);
    await gateway.call('GET', '//elsewhere.example/x');
    expect(gateway.received.map(({ path }) => path)).toEqual(['//elsewhere.example/x']);
  });

  test('encodes what cannot stand in a path', async () => {
    await using gateway = await withGateway(shop);
    await gateway.call('GET', '/käse?q=a b');
    expect(gateway.received.map(({ path }) => path)).toEqual(['/k%C3%A4se?q=a%20b']);
  });

  test.each([
    [['GET', 'orders'], 'orders is no path', 'msa call GET /orders'],
    [['/orders', 'GET'], '"/orders" is no HTTP method', 'The method comes first: msa call GET /orders'],
    [['CONNECT', '/'], '"CONNECT" is no HTTP method', 'msa call GET /'],
    [['GET', '/', '-d', '{}'], 'there are more --data than requests that take a body', 'GET takes none'],
    [['POST', '/', '-d', '{a:1}'], '--data: "{a:1}" is no JSON', 'Quote it for the shell'],
    [['POST', '/', '-d', '-'], '--data: what came on standard input is no JSON', 'Quote it'],
    [['GET', '/', '-H', 'no colon'], '--header: "no colon" is no header', "--header 'Accept: application/hal+json'"],
    [['GET', '/', '-H', 'a: b\nc: d'], 'is no header', 'For example'],
    [['GET', '/', '--timeout', '3'], '--timeout: "3" is no duration', '--timeout 30s'],
  ])('%j is refused before anything is sent', async (argv, message, hint) => {
    await using gateway = await withGateway(shop);
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    stdin.end();
    const run = await gateway.callWith({ stdin }, ...argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(hint);
    expect(gateway.received).toEqual([]);
  });

  test('whose file is not there is not sent', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.call('POST', '/', '--data', '@none.json');
    expect(run.stderr).toMatch(/--data: .*none\.json cannot be read: .*\(MSA_READ_FAILED\)/);
    expect(gateway.received).toEqual([]);
  });
});

describe('following', () => {
  test('sends what the link says, with the ETag and a key, and shows the last answer only', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.call('POST', '/orders', '-d', '{"item":"tea"}', '--follow', 'self', '--follow', 'pay');
    expect(gateway.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /orders',
      'GET /orders/1',
      'POST /orders/1/pay',
    ]);
    const [, , paying] = gateway.received;
    expect(paying).toMatchObject({ body: '', headers: { 'if-match': '"1-abc"' } });
    expect(paying?.headers['idempotency-key']).toMatch(/^"[0-9a-f-]{36}"$/);
    expect(paying?.headers['content-type']).toBeUndefined();
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 'paid' });
  });

  test('gives each request that takes a body the next one, and a version only to the last', async () => {
    await using gateway = await withGateway(shop);
    const data = ['-d', '{"item":"tea"}', '-d', '{"item":"milk"}'];
    await gateway.call('POST', '/orders', ...data, '--follow', 'edit', '-H', 'If-Match: "7"', '-H', 'X-Who: me');
    const [creating, editing] = gateway.received;
    expect(creating).toMatchObject({ body: '{"item":"tea"}', headers: { 'x-who': 'me' } });
    expect(creating?.headers['if-match']).toBeUndefined();
    expect(editing).toMatchObject({
      method: 'PUT',
      body: '{"item":"milk"}',
      headers: { 'if-match': '"7"', 'x-who': 'me' },
    });
  });

  test('stops at an error and shows that', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.call('GET', '/none', '--follow', 'pay', '--follow', 'ship');
    expect(run).toMatchObject({ exitCode: 1, stdout: '{"title":"Not Found"}' });
    expect(run.stderr).toContain('404 Not Found; not followed: pay, ship');
  });

  test('a link that is not there says which are', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.call('GET', '/orders/1', '--follow', 'ship', '--json');
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      error: {
        code: 'MSA_LINK_UNUSABLE',
        message: `the answer of ${gateway.origin}/orders/1 has no link "ship"`,
        hint: 'It has: self, pay, edit, help.',
      },
    });
  });

  test('goes nowhere but to the gateway', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.call('GET', '/orders/1', '--follow', 'help', '-H', 'Authorization: Bearer secret');
    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('the link help leads away from the gateway, to https://example.com/help?a=1&b=2');
  });
});

describe('a gateway', () => {
  test('that does not run', async () => {
    await using gateway = await withGateway(shop);
    const run = await gateway.callWithout('GET', '/');
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toContain('the gateway of this system does not run (MSA_GATEWAY_UNREACHABLE)');
  });

  test('that refuses the connection', async () => {
    const gateway = await withGateway(shop);
    await gateway[Symbol.asyncDispose]();
    await using other = await withGateway(shop);
    const engines = fakeEngines(fakeEngine([observed('gateway-1', { published: `127.0.0.1:${gateway.port}` })]));
    const run = await runMsaWith({ deps: { engines } }, other.root, 'call', 'GET', '/');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/no answer from http:\/\/localhost:\d+: .*ECONNREFUSED.*\(MSA_GATEWAY_UNREACHABLE\)/);
  });

  test('that says nothing', async () => {
    await using gateway = await withGateway(() => undefined);
    const run = await gateway.call('GET', '/', '--timeout', '50ms');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('nothing came for 50 ms (MSA_GATEWAY_UNREACHABLE)');
  });

  test('that breaks off: what came is there', async () => {
    await using gateway = await withGateway((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const run = await gateway.call('GET', '/');
    expect(run).toMatchObject({ exitCode: 3, stdout: 'half' });
    expect(run.stderr).toContain('broke off after 4 bytes');
  });
});
