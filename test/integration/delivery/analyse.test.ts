import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { env } from 'node:process';

import { describe, expect, test } from 'vitest';

import { runCommand } from '../../../src/io/command-runner.ts';

const script = join(import.meta.dirname, '../../../templates/workflow/deploy/analyse.sh');

interface Site extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly IncomingMessage[];
}

async function site(answer: (count: number, response: ServerResponse) => void): Promise<Site> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(asked.length, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function analyse(variables: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly output: string }> {
  const lines: string[] = [];
  const end = await runCommand({
    words: ['sh', script],
    directory: '/tmp',
    env: { PATH: env['PATH'], MSA_SERVICE: 'orders', MSA_URL: '', ...variables },
    timeoutMs: 50_000,
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
  });
  return { code: end.kind === 'exited' ? end.code : -1, output: lines.join('\n') };
}

const status = (code: number) => (_count: number, response: ServerResponse) => response.writeHead(code).end();

describe('analyse.sh', () => {
  test.each([200, 302, 404])('%i is an answer', async (code) => {
    await using server = await site(status(code));
    expect((await analyse({ MSA_URL: server.url, ANALYSE_REQUESTS: '10' })).code).toBe(0);
    expect(server.asked).toHaveLength(10);
    expect(server.asked[0]?.url).toBe('/');
  });

  test('500 and above is none', async () => {
    await using server = await site(status(503));
    const { code, output } = await analyse({ MSA_URL: server.url, ANALYSE_REQUESTS: '10' });
    expect(code).toBe(1);
    expect(output).toContain('GET /: 503');
    expect(output).toContain('10 of 10 requests to orders failed');
  });

  test.each([
    ['1', 1],
    ['10', 0],
  ])('where one in ten fails and %s percent may: exit code %i', async (allowed, expected) => {
    await using server = await site((count, response) => response.writeHead(count % 10 === 0 ? 500 : 200).end());
    const run = await analyse({ MSA_URL: server.url, ANALYSE_REQUESTS: '20', ANALYSE_MAX_FAILED: allowed });
    expect(run.code).toBe(expected);
  });

  test('asks every route in turn, with the token that it was given', async () => {
    await using server = await site(status(200));
    const variables = { MSA_URL: `${server.url}/`, MSA_ROUTES: '/orders /a*b', ANALYSE_REQUESTS: '4' };
    await analyse({ ...variables, ANALYSE_TOKEN: 'secret' });
    expect(server.asked.map(({ url }) => url)).toEqual(['/orders', '/a*b', '/orders', '/a*b']);
    expect(new Set(server.asked.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer secret']));
  });

  test('nobody there is a failure', async () => {
    const { code, output } = await analyse({ MSA_URL: 'http://127.0.0.1:1', ANALYSE_REQUESTS: '2' });
    expect({ code, isTold: output.includes('2 of 2 requests to orders failed') }).toEqual({ code: 1, isTold: true });
  });

  test.each([
    [{ MSA_URL: '' }, 'the environment has no `url` in msa.yaml'],
    [{ MSA_URL: 'file:///etc/passwd' }, 'is no address of a web server'],
    [{ MSA_URL: 'http://127.0.0.1:1', ANALYSE_REQUESTS: '0' }, 'ANALYSE_REQUESTS is 0'],
    [{ MSA_URL: 'http://127.0.0.1:1', ANALYSE_MAX_FAILED: 'x' }, 'ANALYSE_MAX_FAILED is no whole number'],
  ])('refuses %j', async (variables, message) => {
    const { code, output } = await analyse(variables);
    expect({ code, isTold: output.includes(message) }).toEqual({ code: 1, isTold: true });
  });
});
