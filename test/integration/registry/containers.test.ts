import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { programs } from '../../support/built-programs.ts';
import { docker, hasDocker } from '../../support/docker.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { instancesOf, put, systemOf, token, untilInstance } from './support/registry.ts';

const service = `require('node:http').createServer((request, response) => response.end()).listen(3000)`;

test.skipIf(!hasDocker)('instances of an exported system are found by the name of their service', async () => {
  await using net = await createNetwork();
  const first = await net.startService('orders-1');
  const second = await net.startService('orders-2');
  await net.startService('users-1');
  const registry = await net.startRegistry({
    SYSTEM: JSON.stringify(systemOf(['orders', 'users'])),
    DNS_SOURCE: `orders=orders.${net.name}:3000,users:3000`,
  });
  await untilInstance(registry, 'orders-1', { status: 'up', source: 'dns', address: await net.addressOf(first) });
  await untilInstance(registry, 'orders-2', { status: 'up', address: await net.addressOf(second) });
  await untilInstance(registry, 'users-1', { status: 'up', service: 'users' });

  await docker('kill', second);
  await waitUntil('the killed one is gone', async () => (await idsOf(registry)) === 'orders-1 users-1');
  await docker('kill', first);
  await waitUntil('the name without instances has none', async () => (await idsOf(registry)) === 'users-1');
  await docker('start', second);
  await untilInstance(registry, 'orders-2', { status: 'up' });
});

test.skipIf(!hasDocker)('a container that vanishes, so that nobody is there to refuse, is down', async () => {
  await using net = await createNetwork();
  const container = await net.startService('orders-1');
  const address = await net.addressOf(container);
  const registry = await net.startRegistry({ SYSTEM: JSON.stringify(systemOf(['orders'])) });
  const record = { id: 'orders-1', service: 'orders', address, port: 3000, draining: false };
  await put(`${registry.url}/v1/sources/engine`, { instances: [record] });
  await untilInstance(registry, 'orders-1', { status: 'up' });
  await docker('kill', container);
  const { problem } = await untilInstance(registry, 'orders-1', { status: 'down' });
  expect(['takes no connection', 'host unreachable', 'connection refused']).toContain(problem);
});

async function idsOf(registry: { readonly url: string }): Promise<string> {
  return (await instancesOf(registry)).map(({ id }) => id).join(' ');
}

interface TestNetwork extends AsyncDisposable {
  readonly name: string;
  /** Gives the name of the container. */
  readonly startService: (id: string) => Promise<string>;
  readonly startRegistry: (env: Readonly<Record<string, string>>) => Promise<{ readonly url: string }>;
  readonly addressOf: (container: string) => Promise<string>;
}

/** A network of its own, removed with everything in it. */
async function createNetwork(): Promise<TestNetwork> {
  const name = `msa-test-${randomBytes(4).toString('hex')}`;
  const containers: string[] = [];
  const create = async (id: string, ...options: readonly string[]): Promise<string> => {
    const container = `${name}-${id}`;
    containers.push(container);
    await docker('create', '--init', '--name', container, '--label', 'msa.test', '--network', name, ...options);
    return container;
  };
  await docker('network', 'create', '--label', 'msa.test', name);
  return {
    name,
    startService: async (id) => {
      const alias = ['--network-alias', id.replace(/-\d+$/, '')];
      return docker('start', await create(id, ...alias, 'node:24-slim', 'node', '--eval', service));
    },
    startRegistry: async (env) => {
      const all = Object.entries({ HOST: '0.0.0.0', PORT: '8761', REGISTRY_TOKEN: token, ...env });
      const variables = all.flatMap(([key, value]) => ['--env', `${key}=${value}`]);
      const published = ['--publish', '127.0.0.1::8761'];
      const container = await create('registry', ...published, ...variables, 'node:24-slim', 'node', '/registry.mjs');
      // Copied, not mounted: the engine may be on another machine.
      await docker('cp', programs.fileOf('registry'), `${container}:/registry.mjs`);
      await docker('start', container);
      const url = `http://${(await docker('port', container, '8761')).split('\n')[0]}`;
      await waitUntil('the registry answers', async () => (await instancesOf({ url })).length >= 0);
      return { url };
    },
    addressOf: (container) =>
      docker('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container),
    [Symbol.asyncDispose]: async () => {
      await docker('rm', '--force', '--volumes', ...containers);
      await docker('network', 'rm', name);
    },
  };
}
