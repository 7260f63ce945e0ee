import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';

import { describe, expect, test } from 'vitest';

import { hostEnvironment, type HostFacts } from '../../../../src/app/operate/host-environment.ts';
import { renderEnvironment } from '../../../../src/app/operate/render-environment.ts';
import { parseWorkspace } from '../../../../src/model/parse-workspace.ts';
import type { Service } from '../../../../src/model/workspace.ts';
import { observed } from '../../../support/fake-engine.ts';

const awkward = {
  EMPTY: '',
  PLAIN: 'redis://10.0.0.2:6379/0',
  SPACES: ' a  b ',
  QUOTE: "it's",
  QUOTES: `"it's"`,
  DOLLAR: '$HOME `id` ${x} \\n',
  EVERYTHING: `it's "$HOME"`,
  LINES: 'a\nb',
  HASH: 'a # b',
};

describe('variables survive', () => {
  test('a shell', () => {
    const text = renderEnvironment(awkward, 'shell');
    const printed = execFileSync('sh', ['-c', `set -a\n${text}\nenv -0`], { env: { PATH: process.env['PATH'] } });
    const entries = printed
      .toString('utf8')
      .split('\0')
      .map((line) => line.split(/=(.*)/s).slice(0, 2));
    expect(Object.fromEntries(entries)).toMatchObject(awkward);
  });

  test('a dotenv file as Node reads it', () => {
    expect(parseEnv(renderEnvironment(awkward, 'dotenv'))).toEqual(awkward);
  });

  test('JSON', () => {
    expect(JSON.parse(renderEnvironment(awkward, 'json'))).toEqual(awkward);
  });
});

function serviceOf(text: string): Service {
  const parsed = parseWorkspace(`name: shop\nservices:\n  users: { path: users }\n  orders: ${text}\n`, {
    file: 'msa.yaml',
  });
  const [, service] = parsed.ok ? parsed.workspace.services : [];
  if (service === undefined) throw new Error(JSON.stringify(parsed));
  return service;
}

const docker: HostFacts = {
  engine: 'docker',
  instances: [
    observed('gateway-1', { address: '10.80.0.3' }),
    observed('redis-1', { address: '10.80.0.4' }),
    observed('users-1', { address: '10.80.0.9' }),
  ],
  given: {
    SERVICE_NAME: 'orders',
    NODE_ENV: 'production',
    REGISTRY_URL: 'http://registry:8761',
    PUBLIC_URL: 'http://localhost:8080',
    REDIS_URL: 'redis://:secret@redis:6379',
    USERS_URL: 'http://gateway:23456',
    OWN_URL: 'http://gateway:1',
  },
  registryUrl: 'http://127.0.0.1:8761',
  edges: [],
};

describe('on this machine', () => {
  test('names of the network become addresses, and what the service has of its own stays', () => {
    const { variables, remarks } = hostEnvironment(serviceOf('{ path: o, store: redis, calls: [users] }'), docker);
    expect(variables).toEqual({
      PORT: '3000',
      HOST: '127.0.0.1',
      INSTANCE_ID: 'orders-local',
      SERVICE_NAME: 'orders',
      NODE_ENV: 'production',
      REGISTRY_URL: 'http://127.0.0.1:8761',
      PUBLIC_URL: 'http://localhost:8080',
      REDIS_URL: 'redis://:secret@10.80.0.4:6379',
      USERS_URL: 'http://10.80.0.3:23456',
      OWN_URL: 'http://gateway:1',
    });
    expect(remarks).toEqual([]);
  });

  test('each address can be tried', () => {
    const { addresses } = hostEnvironment(serviceOf('{ path: o, store: redis, calls: [users] }'), docker);
    expect(addresses).toEqual({
      REGISTRY_URL: { url: 'http://127.0.0.1:8761', host: '127.0.0.1', port: 8761 },
      PUBLIC_URL: { url: 'http://localhost:8080', host: 'localhost', port: 8080 },
      REDIS_URL: { url: 'redis://:secret@10.80.0.4:6379', host: '10.80.0.4', port: 6379 },
      USERS_URL: { url: 'http://10.80.0.3:23456', host: '10.80.0.3', port: 23_456 },
    });
  });

  test('a service listens where it says it does', () => {
    expect(hostEnvironment(serviceOf('{ path: o, port: 8000 }'), docker).variables).toMatchObject({ PORT: '8000' });
  });

  test('calls that the gateway would refuse are told', () => {
    const edge = { caller: 'orders', callee: 'users', port: 23_456, timeoutMs: 1, retryAttempts: 0, checkCaller: true };
    const service = serviceOf('{ path: o, calls: [users] }');
    expect(hostEnvironment(service, { ...docker, edges: [edge, { ...edge, caller: 'users' }] }).remarks).toEqual([
      expect.stringMatching(/^USERS_URL: .*msa up --except orders$/),
    ]);
    expect(hostEnvironment(service, { ...docker, edges: [{ ...edge, checkCaller: false }] }).remarks).toEqual([]);
  });
});
