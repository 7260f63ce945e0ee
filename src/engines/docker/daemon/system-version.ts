import { get } from 'node:http';

import { registryPaths } from '../../../protocol/registry-api.ts';

/** A registry that answers at all answers at once; on the way there may be a tunnel. */
const timeoutMs = 2000;

/** The version of the system that the registry at an address holds; undefined when it holds none or does not answer. */
export function readSystemVersion(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(`${url}${registryPaths.system}`, { timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(response.statusCode === 200 ? versionIn(Buffer.concat(chunks)) : undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

function versionIn(body: Buffer): string | undefined {
  try {
    const system: { version?: unknown } = JSON.parse(body.toString());
    return typeof system.version === 'string' ? system.version : undefined;
  } catch {
    return undefined;
  }
}
