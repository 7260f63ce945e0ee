import { readFile } from 'node:fs/promises';

import { Client, credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';

import { hasDocker } from '../support/docker.ts';
import { expectNothingLeft, list } from '../support/running-system.ts';
import { tinyWorkspace } from '../support/tiny-workspace.ts';

/** A service of gRPC without dependencies: it repeats what it hears, fails, or never answers, as it is told. */
const program = `
const http2 = require('node:http2');
const framed = (text) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
};
const ok = { ':status': 200, 'content-type': 'application/grpc' };
const server = http2.createServer().on('stream', (stream) => {
  const chunks = [];
  stream.on('error', () => undefined).on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const text = Buffer.concat(chunks).subarray(5).toString();
    if (text === 'hang') return;
    if (text === 'fail')
      return stream.respond({ ...ok, 'grpc-status': '9', 'grpc-message': 'not today' }, { endStream: true });
    stream.respond(ok, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(framed('heard ' + text));
  });
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

const asBytes = (text: string): Buffer => Buffer.from(text);

/** What a real client gets for a call: the answer, or the status. */
function say(client: Client, text: string, options: { readonly deadline?: number } = {}): Promise<string> {
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, answer = ''): void =>
      resolve(error ? `${status[error.code]}: ${error.details}` : answer);
    client.makeUnaryRequest('/shop.Stock/Say', asBytes, String, text, options, done);
  });
}

describe.each(hasDocker ? ['docker', 'process'] : ['process'])('a service of gRPC in the %s engine', (engine) => {
  test('is healthy, answers through the gateway, and tells its own errors', async () => {
    await using workspace = await tinyWorkspace({ stock: {} });
    await workspace.write('stock/server.cjs', program);
    const declared = await readFile(workspace.path('msa.yaml'), 'utf8');
    const grpc = declared
      .replace('path: stock', 'path: stock\n    protocol: grpc')
      .replace('/stock }', '/shop.Stock }');
    await workspace.write('msa.yaml', grpc);
    await workspace.done('up', '--engine', engine);
    const listed = await list(workspace);
    const client = new Client(new URL(listed.url).host, credentials.createInsecure());
    expect(await say(client, 'tea')).toBe('heard tea');
    expect(await say(client, 'fail')).toBe('FAILED_PRECONDITION: not today');
    expect(await say(client, 'hang', { deadline: Date.now() + 500 })).toMatch(/^DEADLINE_EXCEEDED: /);
    client.close();
    await workspace.done('down', '--volumes');
    await expectNothingLeft(listed, workspace.root);
  });
});
