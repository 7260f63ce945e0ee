import type { IncomingMessage } from 'node:http';
import { TextDecoder } from 'node:util';

import { Problem } from './problem.ts';

/** A system brings the gateways' policies, and with them the code of filters. */
const maxBodyBytes = 6 * 1024 * 1024;

/** Reads a JSON body. Throws a Problem for anything else, without reading more than the limit. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json *(?:;|$)/i.test(type)) throw new Problem(415, 'the body must be application/json');
  if (request.headers['content-encoding'] !== undefined) throw new Problem(415, 'the body must not be encoded');
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
  const text = decode(await readBytes(request));
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem(400, `the body is not JSON: ${error instanceof Error ? error.message : ''}`.slice(0, 200));
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // What is over the limit is read and dropped: breaking off would take the answer with it.
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => reject(new Problem(400, 'the body broke off')));
  });
}

function tooLarge(): Problem {
  return new Problem(413, `the body must have at most ${maxBodyBytes} bytes`, { headers: { connection: 'close' } });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem(400, 'the body is not UTF-8');
  }
}
