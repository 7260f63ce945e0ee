import type { IncomingMessage } from 'node:http';
import { TextDecoder } from 'node:util';

import { Problem } from './problem.ts';

export const maxBodyBytes = 1024 * 1024;

/** Reads a JSON body. Throws a Problem for anything else, without reading more than the limit. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json *(?:;|$)/i.test(type)) throw new Problem(415, 'the body must be application/json');
  if (request.headers['content-encoding'] !== undefined) throw new Problem(415, 'the body must not be encoded');
  const text = decode(await readBytes(request));
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem(400, `the body is not JSON: ${error instanceof Error ? error.message : ''}`.slice(0, 200));
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Problem {
  return new Problem(413, `the body must have at most ${maxBodyBytes} bytes`);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem(400, 'the body is not UTF-8');
  }
}
