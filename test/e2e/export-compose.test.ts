import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { follow, get, linkOf, type Reply } from '../../scripts/hypermedia-client.js';
import { composeProject, type ComposeProject } from '../support/compose-project.ts';
import { docker, hasDocker } from '../support/docker.ts';
import { createKeeper } from '../support/keeper.ts';
import { waitUntil } from '../support/wait-until.ts';
import { testWorkspace } from '../support/workspace.ts';

describe.skipIf(!hasDocker)('the shop, exported for Docker Compose', () => {
  const { keep, disposeAll } = createKeeper();
  let project: ComposeProject;

  beforeAll(async () => {
    const workspace = keep(await testWorkspace('--example', 'shop'));
    await workspace.done('export', 'compose');
    project = keep(await composeProject(join(workspace.root, 'compose')));
    // Two instances of the one that is crashed; one of each other is enough.
    const scale = ['--scale', 'users=1', '--scale', 'payments=1'];
    await project.compose('up', '--detach', '--wait', '--build', ...scale);
  });
  afterAll(disposeAll);

  test('can be used as soon as Compose says that it is up', async () => {
    const entry = await get(project.gateway);
    expect(entry.status).toBe(200);
    const answers = await Promise.all(['users', 'payments', 'orders'].map((rel) => follow(entry, rel)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('an order is placed and paid by following links from the gateway', async () => {
    const entry = await get(project.gateway);
    const user = await create(await follow(entry, 'users'), { name: 'Ann', email: 'ann@example.com' });
    const wanted = { userId: user.body.id, item: 'book', quantity: 1, amount: 12.5, currency: 'EUR' };
    const order = await create(await follow(entry, 'orders'), wanted);
    expect(linkOf(order, 'self')?.href).toBe(`${project.gateway}orders/${order.body.id}`);
    const paid = await follow(order, 'pay');
    expect(paid, JSON.stringify(paid.body)).toMatchObject({ status: 200, body: { status: 'paid' } });
  });

  test('an instance that crashes comes back, and no request fails meanwhile', async () => {
    const orders = linkOf(await get(project.gateway), 'orders')?.href ?? '';
    const container = await project.container('orders');
    await docker('exec', container, 'node', '--eval', "process.kill(-1, 'SIGKILL')");
    const statuses = new Set<number>();
    await waitUntil('the instance is back', async () => {
      statuses.add((await get(orders)).status);
      const restarts = await docker('inspect', '--format', '{{.RestartCount}}', container);
      return restarts === '1' && (await statusesOf(project, 'orders')).join(' ') === 'up up';
    });
    expect([...statuses]).toEqual([200]);
  });

  test('other instances are found', async () => {
    await project.compose('up', '--detach', '--wait', '--scale', 'users=2', '--scale', 'payments=1');
    await waitUntil('both instances of users take requests', async () => {
      return (await statusesOf(project, 'users')).join(' ') === 'up up';
    });
  });

  test('is confined as msa up confines it, and published on loopback only', async () => {
    for (const service of ['gateway', 'registry', 'redis', 'orders']) {
      const { HostConfig: host, Config: config } = await inspect(await project.container(service));
      expect(host, service).toMatchObject({
        Init: true,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        RestartPolicy: { Name: 'on-failure' },
      });
      expect(config.User, service).toMatch(/^(?!root\b|0\b)./);
    }
    const published = await project.compose('ps', '--format', '{{.Ports}}');
    const addresses = [...published.matchAll(/(\S+):\d+->/g)].map(([, address]) => address);
    expect(addresses).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  test('leaves nothing behind', async () => {
    const volumes = await volumesOf(project);
    expect(volumes).toHaveLength(3);
    await project.compose('down', '--volumes', '--rmi', 'local');
    expect(await project.things()).toEqual([]);
    const left = await docker('volume', 'ls', '--format', '{{.Name}}');
    expect(left.split('\n').filter((name) => volumes.includes(name))).toEqual([]);
  });
});

/** Answers with its environment, or at /through/… with what the service of that variable answers. */
const program = `
const { createServer, get } = require('node:http');
createServer((request, response) => {
  const [, variable] = /through\\/(\\w+)/.exec(request.url) ?? [];
  if (variable === undefined) return response.end(JSON.stringify(process.env));
  get(process.env[variable], (answer) => answer.pipe(response)).on('error', (error) => response.writeHead(502).end(error.code));
}).listen(process.env.PORT);
`;

const isolated = `
name: isolated
isolation: strict
services:
  front:
    path: front
    calls: [data-base]
    routes: [{ path: /front }]
    env: { PRICE: "5 $ \${HOME} $$", CODE: 0777, LINES: "a\\nb", WORD: yes, DAY: 2026-01-01 }
    envFile: front/.env
    limits: { memory: 128m, cpus: 0.5 }
  data-base: { path: data, store: postgres }
  plain: { image: "node:24-slim", port: 5000, health: tcp, replicas: 0 }
`;

describe.skipIf(!hasDocker)('an isolated system with a database, exported for Docker Compose', () => {
  const { keep, disposeAll } = createKeeper();
  let project: ComposeProject;

  beforeAll(async () => {
    const workspace = keep(await testWorkspace());
    await workspace.write('msa.yaml', isolated);
    await workspace.write('front/.env', "TOKEN='a$b'\nNODE_ENV=staging\nPORT=1\n");
    for (const [folder, user] of Object.entries({ front: 'USER node\n', data: '' })) {
      await workspace.write(`${folder}/server.js`, program);
      await workspace.write(
        `${folder}/Dockerfile`,
        `FROM node:24-slim\nCOPY server.js .\n${user}CMD ["node", "server.js"]\n`,
      );
    }
    await workspace.done('export', 'compose');
    project = keep(await composeProject(join(workspace.root, 'compose')));
    await project.compose('up', '--detach', '--wait', '--build');
  });
  afterAll(disposeAll);

  test('gives a service the variables that msa.yaml and its env file say, whatever is in them', async () => {
    const { body } = await get(`${project.gateway}front`);
    expect(JSON.parse(body)).toMatchObject({
      PRICE: '5 $ ${HOME} $$',
      CODE: '0777',
      LINES: 'a\nb',
      WORD: 'yes',
      DAY: '2026-01-01',
      TOKEN: 'a$b',
      NODE_ENV: 'staging',
      PORT: '3000',
      SERVICE_NAME: 'front',
      PUBLIC_URL: project.gateway.replace(/\/$/, ''),
    });
  });

  test('limits what an instance may use', async () => {
    expect((await inspect(await project.container('front'))).HostConfig).toMatchObject({
      Memory: 128 * 1024 ** 2,
      MemorySwap: 128 * 1024 ** 2,
      NanoCpus: 500_000_000,
    });
  });

  test('lets a service reach one it calls through the gateway, and no other way', async () => {
    const { body } = await get(`${project.gateway}front/through/DATA_BASE_URL`);
    expect(JSON.parse(body)).toMatchObject({ SERVICE_NAME: 'data-base' });
    const front = await project.container('front');
    const data = await inspect(await project.container('data-base'));
    const [address] = Object.values(data.NetworkSettings.Networks).map(({ IPAddress: ip }) => ip);
    const attempt = `require('node:net').connect({ host: process.argv[1], port: 3000, timeout: 2000 })
      .on('connect', () => process.exit(0)).on('timeout', () => process.exit(1)).on('error', () => process.exit(1))`;
    await expect(docker('exec', front, 'node', '--eval', attempt, '127.0.0.1')).resolves.toBe('');
    for (const host of ['data-base', 'postgres', address ?? ''])
      await expect(docker('exec', front, 'node', '--eval', attempt, host), host).rejects.toThrow('Command failed');
  });

  test('has a database for the service that asks for one', async () => {
    const postgres = await project.container('postgres');
    const { body } = await get(`${project.gateway}front/through/DATA_BASE_URL`);
    const { DATABASE_URL: url } = JSON.parse(body);
    expect(await docker('exec', postgres, 'psql', url, '--tuples-only', '--command', 'select current_database()')).toBe(
      'data_base',
    );
  });

  test('has a gateway that is healthy when its services are there, which counts in its first minute only', async () => {
    const network = `container:${await project.container('gateway')}`;
    const check = (options: readonly string[], ...services: readonly string[]): Promise<string> => {
      const image = [`${project.name}-gateway`, 'node', 'check-gateway.js'];
      return docker('run', '--rm', '--network', network, '--env', 'ADMIN_PORT=9901', ...options, ...image, ...services);
    };
    await expect(check([], 'front', 'data-base')).resolves.toBe('');
    await expect(check([], 'front', 'nobody')).rejects.toThrow('not there yet: nobody');
    // As old as the machine.
    await expect(check(['--pid', 'host'], 'front', 'nobody')).resolves.toBe('');
    await expect(check(['--pid', 'host', '--env', 'ADMIN_PORT=9'], 'front')).rejects.toThrow('ECONNREFUSED');
  });
});

async function create(collection: Reply, body: unknown): Promise<Reply> {
  const reply = await follow(collection, 'create', body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply;
}

/** What the registry says of the instances of a service. */
async function statusesOf({ registry }: ComposeProject, service: string): Promise<readonly string[]> {
  const { body } = await get(`${registry}/v1/instances`);
  const instances: readonly { readonly service: string; readonly status: string }[] = body.instances;
  return instances.filter((instance) => instance.service === service).map(({ status }) => status);
}

async function volumesOf({ containers }: ComposeProject): Promise<readonly string[]> {
  const inspected = await Promise.all((await containers()).map(inspect));
  return inspected.flatMap(({ Mounts: mounts }) => mounts.map(({ Name: name }) => name));
}

interface Inspected {
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Config: { readonly User: string };
  readonly Mounts: readonly { readonly Name: string }[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

async function inspect(container: string): Promise<Inspected> {
  const [inspected]: Inspected[] = JSON.parse(await docker('inspect', container));
  if (inspected === undefined) throw new Error(`there is no container ${container}`);
  return inspected;
}
