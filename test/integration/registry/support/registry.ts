import { connect } from 'node:net';

import { request } from 'undici';

import type { Instance } from '../../../../src/protocol/instances.ts';
import type { InstancesAnswer } from '../../../../src/protocol/registry-api.ts';
import type { System, SystemHealth } from '../../../../src/protocol/system.ts';
import { createRegistry, type RegistryConfig, type RegistryDeps } from '../../../../src/registry/create-registry.ts';
import { waitUntil } from '../../../support/wait-until.ts';

export const token = 'token-of-the-tests';

export interface TestRegistry extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Lines of its log, parsed. */
  readonly log: readonly { readonly level: string; readonly message: string }[];
  readonly close: () => Promise<void>;
}

export async function startRegistry(
  config: Partial<RegistryConfig> = {},
  deps: Partial<RegistryDeps> = {},
): Promise<TestRegistry> {
  const log: TestRegistry['log'][number][] = [];
  const { port, close } = await createRegistry(
    {
      host: '127.0.0.1',
      port: 0,
      token,
      allowedHosts: [],
      stateFile: undefined,
      system: undefined,
      dnsEntries: [],
      ...config,
    },
    {
      log: (level, message) => void log.push({ level, message }),
      now: Date.now,
      random: Math.random,
      ...deps,
    },
  );
  return { url: `http://127.0.0.1:${port}`, port, log, close, [Symbol.asyncDispose]: close };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as somebody with the token makes it. */
export async function send(url: string, method: string, { body, headers = {} }: Call = {}): Promise<Reply> {
  const answer = await request(url, {
    method: method as 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  const isJson = text !== '' && String(answer.headers['content-type']).endsWith('json');
  return { status: answer.statusCode, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** Like `send`, for what must succeed. */
export async function put(url: string, body: unknown): Promise<unknown> {
  const reply = await send(url, 'PUT', { body });
  if (reply.status >= 300) throw new Error(`PUT ${url} answered ${reply.status}: ${reply.text}`);
  return reply.json;
}

export async function instancesOf({ url }: { readonly url: string }): Promise<readonly Instance[]> {
  const { json } = await send(`${url}/v1/instances`, 'GET');
  return (json as InstancesAnswer).instances;
}

export async function untilInstance(
  registry: { readonly url: string },
  id: string,
  expected: Partial<Instance>,
): Promise<Instance> {
  let found: Instance | undefined;
  await waitUntil(`${id} is ${JSON.stringify(expected)}`, async () => {
    found = (await instancesOf(registry)).find((instance) => instance.id === id);
    if (found === undefined) throw new Error('it is not in the table');
    const differs = Object.entries(expected).some(([key, value]) => found?.[key as keyof Instance] !== value);
    if (differs) throw new Error(`it is ${JSON.stringify(found)}`);
    return true;
  });
  if (found === undefined) throw new Error('waitUntil waits');
  return found;
}

/** A system of services that are all asked for their health in the same way. */
export function systemOf(services: readonly string[], health: SystemHealth = http('/health/ready')): System {
  return {
    workspace: 'shop-1f3a9c',
    name: 'shop',
    version: `of ${services.join(' ')}`,
    services: services.map((name) => ({ name, health })),
    routes: [],
    edges: [],
  };
}

export function http(ready: string): SystemHealth {
  return { kind: 'http', live: '/health/live', ready };
}

/** Sends bytes as they are and gives all that comes back until the other side closes. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.once('error', reject);
    socket.once('close', () => resolve(received));
  });
}
