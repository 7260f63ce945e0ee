import { createHash } from 'node:crypto';

import type { Service, Workspace } from '../../../src/model/workspace.ts';
import { describeSystem } from '../../../src/plan/describe-system.ts';
import type { Desired } from '../../../src/plan/desired.ts';
import type { Facts } from '../../../src/plan/facts.ts';
import { edgeKey } from '../../../src/protocol/edge-port.ts';

export type Random = () => number;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** A service with everything as the parser gives it where nothing is said. */
export function service(name: string, changes: Partial<Service> = {}): Service {
  return {
    name,
    description: undefined,
    source: { kind: 'folder', path: `services/${name}` },
    command: undefined,
    prepare: [],
    port: undefined,
    protocol: 'http',
    health: { kind: 'http', live: '/health/live', ready: '/health/ready' },
    replicas: 1,
    store: 'memory',
    calls: [],
    callRules: rulesFor(changes.calls),
    routes: [{ path: `/${name}`, timeoutMs: 10_000, retryAttempts: 2 }],
    env: {},
    envFile: undefined,
    limits: { memoryBytes: undefined, cpus: undefined },
    ...changes,
  };
}

function rulesFor(calls: readonly string[] = []): Service['callRules'] {
  return Object.fromEntries(calls.map((callee) => [callee, { timeoutMs: 10_000, retryAttempts: 2 }]));
}

export function workspaceOf(services: readonly Service[], changes: Partial<Workspace> = {}): Workspace {
  return {
    name: 'shop',
    engine: 'auto',
    isolation: 'open',
    delivery: undefined,
    gateway: {
      port: 8080,
      bind: '127.0.0.1',
      workers: 1,
      tls: undefined,
      policy: undefined,
      keysFile: undefined,
      routes: [],
    },
    services,
    ...changes,
  };
}

/** Everything a description follows from, for a workspace whose folders all have the content `1`. */
export function factsOf(workspace: Workspace, changes: Partial<Facts> = {}): Facts {
  const edges = workspace.services.flatMap(({ name, calls }) => calls.map((callee) => edgeKey(name, callee)));
  return {
    workspace,
    place: { workspace: 'shop-123456', name: 'shop', root: '/w' },
    locations: {
      publicUrl: 'http://localhost:8080',
      gatewayPort: 8080,
      registryUrl: 'http://registry:8761',
      redisUrl: 'redis://redis:6379',
      databaseUrls: new Map(workspace.services.map(({ name }) => [name, `postgres://postgres/${name}`])),
      edges: new Map(
        edges.toSorted().map((key, at) => [key, { port: 20_000 + at, url: `http://gateway:${20_000 + at}` }]),
      ),
      trustedProxies: '10.0.0.2',
      distinctAddresses: true,
    },
    contents: new Map(workspace.services.map(({ name }) => [name, '1'])),
    envFiles: new Map(),
    filters: [],
    platformVersion: '1',
    sha256,
    replicas: new Map(),
    except: new Set(),
    ...changes,
  };
}

const names = ['users', 'orders', 'payments', 'mail', 'stock'];

/** Some of five services, in any state of development. */
export function randomDesired(random: Random): Desired {
  const present = names.filter(() => random() < 0.7);
  const services = present.map((name) =>
    service(name, {
      replicas: Math.floor(random() * 4),
      store: pick(random, ['memory', 'redis', 'postgres']),
      calls: present.filter((other) => other !== name && random() < 0.3),
      env: random() < 0.3 ? { LEVEL: pick(random, ['debug', 'info']) } : {},
    }),
  );
  const contents = new Map(present.map((name) => [name, pick(random, ['1', '2'])]));
  return describeSystem(
    factsOf(workspaceOf(services), { contents, platformVersion: pick(random, ['1', '1', '1', '2']) }),
  );
}
