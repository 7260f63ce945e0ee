import { request } from 'node:http';

import { registryPaths, type GatewaysAnswer, type InstancesAnswer } from '../../protocol/registry-api.ts';

export interface RegistryAddress {
  readonly port: number;
  readonly token: string;
}

const timeoutMs = 2000;

/** What the supervisor asks the registry; everything throws when the registry does not answer, or not as it should. */
export async function putJson(registry: RegistryAddress, path: string, body: unknown): Promise<void> {
  await call(registry, { method: 'PUT', path, body: JSON.stringify(body) });
}

export async function readRevision(registry: RegistryAddress): Promise<InstancesAnswer> {
  const answer: InstancesAnswer = JSON.parse(await call(registry, { method: 'GET', path: registryPaths.instances }));
  return answer;
}

export async function readGateways(registry: RegistryAddress): Promise<GatewaysAnswer['gateways']> {
  const answer: GatewaysAnswer = JSON.parse(await call(registry, { method: 'GET', path: registryPaths.gateways }));
  return answer.gateways;
}

interface Call {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly body?: string;
}

function call({ port, token }: RegistryAddress, { method, path, body }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const exchange = request({ host: '127.0.0.1', port, method, path, headers, timeout: timeoutMs, agent: false });
    exchange.on('timeout', () => exchange.destroy(new Error(`the registry did not answer within ${timeoutMs} ms`)));
    exchange.on('error', reject);
    exchange.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== undefined && response.statusCode < 300) resolve(text);
        else
          reject(new Error(`the registry answered ${response.statusCode} to ${method} ${path}: ${text.slice(0, 200)}`));
      });
    });
    exchange.end(body);
  });
}
