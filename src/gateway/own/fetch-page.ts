import type { ServiceInstances } from '../state/service-instances.ts';
import { request } from 'undici';

import { asObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';

const deadlineMs = 2000;
const maxBytes = 4 * 1024 * 1024;

/** Reads a JSON document of a service, from any instance of it that answers; undefined when there is none. */
export async function fetchPage(service: ServiceInstances, path: string): Promise<JsonObject | undefined> {
  const up = service.endpoints.filter(({ status }) => status === 'up');
  for (const { address, port } of up) {
    try {
      const { statusCode, body } = await request(`http://${address}:${port}${path}`, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(deadlineMs),
      });
      if (statusCode !== 200) {
        await body.dump();
        return undefined;
      }
      return parseObject(await readText(body));
    } catch {
      // The next instance may answer; what is wrong with this one shows in requests to it.
    }
  }
  return undefined;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new RangeError('the document is too large');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
