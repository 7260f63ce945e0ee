import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createImageRegistry } from '../../../src/io/image-registry/image-registry.ts';
import { MsaError } from '../../../src/model/errors.ts';
import { httpService, sendJson, type Answering } from '../../support/http-service.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { writePrograms } from '../../support/write-programs.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] });
const digest = digestOf(index);
const other = `sha256:${'0'.repeat(64)}`;
const path = '/v2/acme/node/manifests/24';

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function sendIndex(response: ServerResponse, headers: Readonly<Record<string, string>> = {}, text = index): void {
  response.writeHead(200, { 'content-type': indexType, 'docker-content-digest': digestOf(text), ...headers });
  response.end(text);
}

interface Asked {
  readonly known?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly signal?: AbortSignal;
}

/** What is found of acme/node:24 at a registry that answers so, and what it was asked. */
async function find(answer: Answering, { known, env = { HOME: '/nowhere' }, host = '127.0.0.1', signal }: Asked = {}) {
  await using service = await httpService(answer);
  const image = { registry: `${host}:${service.port}`, repository: 'acme/node', tag: '24' };
  const options = { known, signal: signal ?? new AbortController().signal };
  const found = await createImageRegistry(env)
    .digestOf(image, options)
    .catch((error: unknown) => {
      if (error instanceof MsaError) return `${error.code}: ${error.message}`.replaceAll(String(service.port), 'PORT');
      throw error;
    });
  const asked = service.received.map((request) => `${request.method} ${request.path}`);
  return { found, asked, received: service.received };
}

const unreachable = 'MSA_IMAGE_REGISTRY_UNREACHABLE: the registry at http://127.0.0.1:PORT cannot be asked: ';

describe('the digest of a tag', () => {
  test('is that of the index, proven by what it consists of', async () => {
    const { found, asked, received } = await find((_request, response) => sendIndex(response));
    expect(found).toBe(digest);
    expect(asked).toEqual([`HEAD ${path}`, `GET /v2/acme/node/manifests/${digest}`]);
    expect(received[0]?.headers.accept?.split(', ')[0]).toBe(indexType);
  });

  test('is asked for without a body where nothing has moved', async () => {
    const { found, asked } = await find((_request, response) => sendIndex(response), { known: digest });
    expect(found).toBe(digest);
    expect(asked).toEqual([`HEAD ${path}`]);
    expect((await find((_request, response) => sendIndex(response), { known: other })).found).toBe(digest);
  });

  test('is computed where the registry does not tell it, or in a way nobody understands', async () => {
    for (const told of ['', 'sha512:abc', 'sha256:../../x']) {
      const { found, asked } = await find((_request, response) =>
        sendIndex(response, { 'docker-content-digest': told }),
      );
      expect(found).toBe(digest);
      expect(asked).toEqual([`HEAD ${path}`, `GET ${path}`]);
    }
  });

  test('comes through redirects, as long as they stay where nobody listens in', async () => {
    const { found, asked } = await find((request, response) => {
      if (request.path.startsWith('/elsewhere')) return sendIndex(response);
      response.writeHead(307, { location: `/elsewhere${request.path}` }).end();
    });
    expect(found).toBe(digest);
    expect(asked[1]).toBe(`HEAD /elsewhere${path}`);
  });
});

/** A registry that wants a token of its own server for tokens, as Docker Hub and GitHub do. */
function withTokens(
  realm: (port: string) => string,
  give: Answering = (_request, response) => sendJson(response, { token: 'secret.token' }),
): Answering {
  return (request, response) => {
    const [, port = ''] = /:(\d+)$/.exec(request.headers.host ?? '') ?? [];
    if (request.path.startsWith('/token')) return give(request, response);
    if (request.headers.authorization === 'Bearer secret.token') return sendIndex(response);
    const scope = 'repository:acme/node:pull';
    const challenge = `Bearer realm="${realm(port)}",service="a \\"b\\", c",scope="${scope}"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
  };
}

function local(port: string): string {
  return `http://127.0.0.1:${port}/token?a=b`;
}

describe('a token', () => {
  test('is fetched as anybody, once, from where the registry says', async () => {
    const { found, asked, received } = await find(withTokens(local));
    expect(found).toBe(digest);
    const tokenPath = '/token?a=b&service=a+%22b%22%2C+c&scope=repository%3Aacme%2Fnode%3Apull';
    expect(asked).toEqual([
      `HEAD ${path}`,
      `GET ${tokenPath}`,
      `HEAD ${path}`,
      `GET /v2/acme/node/manifests/${digest}`,
    ]);
    expect(received[1]?.headers.authorization).toBeUndefined();
  });

  test('is fetched as who docker login has written down', async () => {
    await using home = await tempDir();
    await mkdir(join(home.path, '.docker'));
    const auth = Buffer.from('somebody:pass:word').toString('base64');
    const seen: (string | undefined)[] = [];
    const answer = withTokens(local, ({ headers }, response) => {
      seen.push(headers.authorization);
      sendJson(response, { access_token: 'secret.token' });
    });
    const asking: Answering = (request, response) => {
      // Written down before the first answer: only now is the port known.
      const text = JSON.stringify({ auths: { [request.headers.host ?? '']: { auth } } });
      void writeFile(join(home.path, '.docker/config.json'), text).then(() => answer(request, response));
    };
    expect((await find(asking, { env: { HOME: home.path } })).found).toBe(digest);
    expect(seen).toEqual([`Basic ${auth}`]);
    const folder = join(home.path, '.docker');
    expect((await find(asking, { env: { HOME: '/nowhere', DOCKER_CONFIG: folder } })).found).toBe(digest);
    expect(seen).toHaveLength(2);
  });

  test('is not needed where name and password are what is asked for', async () => {
    await using home = await tempDir();
    const auth = Buffer.from('somebody:password').toString('base64');
    const answer: Answering = ({ headers }, response) => {
      if (headers.authorization === `Basic ${auth}`) return sendIndex(response);
      const text = JSON.stringify({ auths: { [`http://${headers.host}`]: { auth } } });
      void writeFile(join(home.path, 'config.json'), text).then(() =>
        response.writeHead(401, { 'www-authenticate': 'Basic realm="a"' }).end(),
      );
    };
    expect((await find(answer, { env: { DOCKER_CONFIG: home.path } })).found).toBe(digest);
  });

  test.each([
    { of: 'the store of all', config: (name: string) => ({ auths: { [name]: {} }, credsStore: 'test' }) },
    { of: 'the store of all, which alone knows', config: () => ({ credsStore: 'test' }) },
    { of: 'the helper of this registry', config: (name: string) => ({ credHelpers: { [name]: 'test' } }) },
    { of: 'a helper with a token for all', config: () => ({ credsStore: 'test' }), user: '<token>', isKnown: false },
    { of: 'a helper that is not there', config: () => ({ credsStore: 'gone' }), isKnown: false },
    { of: 'a helper that is a path', config: () => ({ credsStore: '../bin/docker-credential-test' }), isKnown: false },
  ])('is asked of $of', async ({ config, user = 'somebody', isKnown = true }) => {
    await using home = await tempDir();
    // Answers to the address it knows alone.
    const PATH = await writePrograms(join(home.path, 'bin'), {
      'docker-credential-test': `#!/bin/sh
[ "$1" = get ] && read -r server && [ "$server" = "$KNOWN_SERVER" ] || exit 1
printf '{"ServerURL":"%s","Username":"${user}","Secret":"pass:word"}' "$server"
`,
    });
    const auth = Buffer.from('somebody:pass:word').toString('base64');
    const env: Record<string, string> = { DOCKER_CONFIG: home.path, PATH: `${PATH}:${process.env['PATH']}` };
    const answer: Answering = ({ headers }, response) => {
      if (headers.authorization === `Basic ${auth}`) return sendIndex(response);
      const name = headers.host ?? '';
      env['KNOWN_SERVER'] = name;
      void writeFile(join(home.path, 'config.json'), JSON.stringify(config(name))).then(() =>
        response.writeHead(401, { 'www-authenticate': 'Basic realm="a"' }).end(),
      );
    };
    const { found } = await find(answer, { env });
    expect(found === digest, found).toBe(isKnown);
  });

  test('is never shown to another server that an answer redirects to', async () => {
    await using thief = await httpService((_request, response) => sendIndex(response));
    const { found } = await find((request, response) => {
      if (request.headers.authorization === undefined || request.path.startsWith('/token'))
        return withTokens(local)(request, response);
      response.writeHead(302, { location: `http://localhost:${thief.port}/x` }).end();
    });
    expect(found).toBe(digest);
    expect(thief.received.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test.each([
    [
      'from where anybody listens in',
      () => 'http://example.com/token',
      'it sends to http://example.com for a token, where anybody could listen in',
    ],
    ['from nowhere', () => 'token please', 'it sends to what is no address for a token'],
    ['from a file', () => 'file:///etc/passwd', 'it sends to null for a token, where anybody could listen in'],
  ])('is not fetched %s', async (_what, realm, reason) => {
    expect((await find(withTokens(realm))).found).toBe(unreachable + reason);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'token'],
    ['another thing', '{"token":7}'],
    ['a header in a header', JSON.stringify({ token: 'a\r\nx: y' })],
    ['a list', '["secret.token"]'],
  ])('is not believed when it is %s', async (_what, text) => {
    const { found } = await find(withTokens(local, (_request, response) => void response.end(text)));
    expect(found).toBe(`${unreachable}it gives no token`);
  });

  test('that is not accepted ends the matter', async () => {
    const answer = withTokens(local, (_request, response) => sendJson(response, { token: 'wrong' }));
    const { found, asked } = await find(answer);
    expect(found).toContain(
      'MSA_IMAGE_UNKNOWN: 127.0.0.1:PORT/acme/node:24 is not there for everybody, or not at all (401)',
    );
    expect(asked).toHaveLength(3);
  });
});

describe('a registry is not believed when', () => {
  const type = { 'content-type': indexType };
  test.each<[string, Answering, string]>([
    [
      'it sends something else than it says',
      ({ method }, response) =>
        sendIndex(response, { 'docker-content-digest': digest }, method === 'GET' ? 'evil' : index),
      `it says ${digest} and sends what is ${digestOf('evil')}`,
    ],
    [
      'it sends what is no image',
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'it answers with text/html, which is no image',
    ],
    [
      'it sends an old kind of image, whose digest says nothing',
      (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' })
          .end('{}'),
      'it answers with application/vnd.docker.distribution.manifest.v1+prettyjws, which is no image',
    ],
    [
      'it sends without an end',
      ({ method }, response) => {
        response.writeHead(200, type);
        const chunk = Buffer.alloc(256 * 1024);
        const send = (): void => void (response.writable && response.write(chunk, send));
        if (method === 'HEAD') response.end();
        else send();
      },
      'it answers with more than 4 MiB',
    ],
    [
      'its header has no end',
      (_request, response) => {
        response.on('error', () => undefined);
        const { socket } = response;
        const send = (): void =>
          void (socket?.writable && socket.write(`x-${Math.random()}: ${'a'.repeat(1000)}\r\n`, send));
        socket?.write('HTTP/1.1 200 OK\r\n', send);
      },
      'Headers Overflow Error (UND_ERR_HEADERS_OVERFLOW)',
    ],
    [
      'it breaks off',
      (_request, response) => void response.socket?.destroy(),
      'connection closed before the answer was complete',
    ],
    [
      'it redirects to where anybody listens in',
      (_request, response) => void response.writeHead(307, { location: 'http://example.com/v2/' }).end(),
      'it redirects to http://example.com, where anybody could listen in',
    ],
    [
      'it redirects in circles',
      ({ path: asked }, response) => void response.writeHead(301, { location: asked }).end(),
      'it redirects more than 5 times',
    ],
    [
      'it redirects to what is no address',
      (_request, response) => void response.writeHead(302, { location: 'http://[' }).end(),
      'it redirects to what is no address',
    ],
    ['it fails', (_request, response) => void response.writeHead(503).end(), 'it answers with 503'],
    [
      'it has had enough',
      (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end(),
      'it has had enough requests for now (429); it says to come again in 60 s',
    ],
    [
      'it has had enough and says nothing that helps',
      (_request, response) => void response.writeHead(429, { 'retry-after': 'some day' }).end(),
      'it has had enough requests for now (429)',
    ],
  ])('%s', async (_what, answer, reason) => expect((await find(answer)).found).toBe(unreachable + reason));
});

test('an image that is not there is told, and so is one that is not for everybody', async () => {
  const gone = await find((_request, response) => void response.writeHead(404).end());
  expect(gone.found).toBe('MSA_IMAGE_UNKNOWN: there is no 127.0.0.1:PORT/acme/node:24');
  const secret = await find((_request, response) => void response.writeHead(403).end());
  expect(secret.found).toContain('is not there for everybody, or not at all (403)');
});

test('nobody there is told with where and why', async () => {
  const service = await httpService(() => undefined);
  await service[Symbol.asyncDispose]();
  const image = { registry: `localhost:${service.port}`, repository: 'a', tag: '1' };
  const asking = createImageRegistry({}).digestOf(image, { known: undefined, signal: new AbortController().signal });
  await expect(asking).rejects.toMatchObject({
    exitCode: 3,
    message: `the registry at http://localhost:${service.port} cannot be asked: connection refused`,
  });
});

test('any other address is asked by HTTPS only', async () => {
  const { found, asked } = await find((_request, response) => sendIndex(response), { host: '127.0.0.2' });
  expect(found).toMatch(
    /^MSA_IMAGE_REGISTRY_UNREACHABLE: the registry at https:\/\/127\.0\.0\.2:PORT cannot be asked: /,
  );
  expect(asked).toEqual([]);
});

test('Ctrl-C ends the asking with its own reason', async () => {
  const controller = new AbortController();
  const answer: Answering = () => controller.abort(new Error('enough'));
  await expect(find(answer, { signal: controller.signal })).rejects.toThrow('enough');
});
