import { get } from 'node:http';

import { registryPaths } from '../../protocol/registry-api.ts';
import type { ContainerFound } from './snapshot.ts';

/** A registry that answers at all answers at once. */
const timeoutMs = 1000;

/** The version of the system that the registry holds; undefined when it holds none or does not answer. */
export function readSystemVersion(containers: readonly ContainerFound[]): Promise<string | undefined> {
  const registry = containers.find(({ role }) => role === 'registry');
  if (registry?.published === undefined) return Promise.resolve(undefined);
  const { port } = registry.published;
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: registryPaths.system, timeout: timeoutMs }, (response) => {
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
