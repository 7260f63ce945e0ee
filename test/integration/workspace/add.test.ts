import { describe, expect, test } from 'vitest';

import { testWorkspace, type TestWorkspace } from '../../support/workspace.ts';

interface Added {
  readonly name: string;
  readonly [key: string]: unknown;
}

async function servicesOf(workspace: TestWorkspace): Promise<readonly Added[]> {
  const { workspace: valid } = (await workspace.done('validate', '--json')).json() as {
    workspace: { services: Added[] };
  };
  return valid.services;
}

describe('msa add <folder>', () => {
  test.each([
    {
      name: 'Node with a start script',
      files: { 'package.json': '{"scripts":{"start":"node x.js","build":"tsc"}}', 'package-lock.json': '{}' },
      prepare: [
        ['npm', 'ci'],
        ['npm', 'run', 'build'],
      ],
    },
    {
      name: 'Node with a server.js',
      files: { 'package.json': '{}', 'server.js': '' },
      command: ['node', 'server.js'],
      prepare: [['npm', 'install']],
    },
    {
      name: 'Node with pnpm',
      files: { 'package.json': '{"scripts":{"start":"node x.js"}}', 'pnpm-lock.yaml': '' },
      prepare: [['corepack', 'pnpm', 'install', '--frozen-lockfile']],
    },
    {
      name: 'Node with Yarn',
      files: { 'package.json': '{"scripts":{"start":"node x.js"}}', 'yarn.lock': '' },
      prepare: [['corepack', 'yarn', 'install']],
    },
    { name: 'Python', files: { 'app.py': '' }, command: ['python3', 'app.py'], prepare: [] },
    { name: 'Go', files: { 'go.mod': '' }, command: ['./.msa-bin'], prepare: [['go', 'build', '-o', '.msa-bin', '.']] },
  ])('finds out how to run $name', async ({ files, command, prepare }) => {
    await using workspace = await testWorkspace();
    for (const [file, text] of Object.entries(files)) await workspace.write(`apps/My_App/${file}`, text);
    await workspace.write('apps/My_App/Dockerfile', 'FROM scratch');
    await workspace.done('add', 'apps/My_App', '--route', '/app');
    const [added] = await servicesOf(workspace);
    expect(added).toMatchObject({
      name: 'my-app',
      source: { kind: 'folder', path: 'apps/My_App' },
      health: { kind: 'tcp' },
      prepare,
      routes: [{ path: '/app' }],
      ...(command === undefined ? {} : { command }),
    });
  });

  test.each([
    { name: 'a folder that says nothing', argv: ['empty'], says: '--command' },
    { name: 'a package.json without a start script', argv: ['lib'], says: 'no script "start"' },
    { name: 'a folder outside of the workspace', argv: ['..'], says: 'outside of the workspace' },
    { name: 'something that is nothing', argv: ['No Such Thing'], says: 'no folder, no Compose file and no image' },
    { name: 'a port that is none', argv: ['redis:8', '--port', '99999'], says: '--port' },
    {
      name: 'a health path that is none',
      argv: ['redis:8', '--name', 'cache', '--health', 'status'],
      says: 'would not be valid',
    },
  ])('refuses $name and changes nothing', async ({ argv, says }) => {
    await using workspace = await testWorkspace();
    await workspace.write('empty/notes.txt', '');
    await workspace.write('lib/package.json', '{}');
    const before = await workspace.snapshot();
    expect(await workspace.run('add', ...argv)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) });
    expect(await workspace.snapshot()).toEqual(before);
  });
});

test('msa add <image> takes its name from the image', async () => {
  await using workspace = await testWorkspace();
  await workspace.done('add', 'ghcr.io/acme/legacy:1', '--port', '8000', '--health', '/status');
  expect(await servicesOf(workspace)).toMatchObject([
    {
      name: 'legacy',
      source: { kind: 'image', image: 'ghcr.io/acme/legacy:1' },
      port: 8000,
      health: { ready: '/status' },
    },
  ]);
});

test('a word that is no folder is said to be taken for an image', async () => {
  await using workspace = await testWorkspace();
  const run = await workspace.done('add', 'services/legcay');
  expect(run.stderr).toContain('there is no folder services/legcay, so it is taken for an image');
  const { stderr } = await workspace.done('add', 'redis:8', '--name', 'cache', '--port', '6379');
  expect(stderr).toBe('');
});

const compose = `
services:
  web_app:
    build: { context: ./web, dockerfile: Dockerfile.prod }
    ports: ["8080:80"]
    depends_on: { api: { condition: service_started } }
    environment: { PORT: 80, GREETING: hello, COST: "5$$", TOKEN: "\${TOKEN}" }
    volumes: [data:/data]
    deploy: { replicas: 3, resources: { limits: { cpus: "0.5", memory: 256M } } }
  api:
    image: acme/api:\${TAG:-1.2}
    expose: ["3000"]
    environment: [MODE=fast, SECRET]
    depends_on: [db]
    healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:3000/healthz"] }
  db:
    image: postgres:17
    ports: [{ target: 5432, published: 5432 }]
volumes: { data: {} }
`;

describe('msa add <compose file>', () => {
  test('takes over what has a counterpart and names what has not', async () => {
    await using workspace = await testWorkspace();
    await workspace.write('compose.yaml', compose);
    await workspace.write('web/Dockerfile', 'FROM scratch');
    const run = await workspace.done('add', 'compose.yaml');
    expect(await servicesOf(workspace)).toMatchObject([
      {
        name: 'web-app',
        source: { path: 'web' },
        port: 80,
        calls: ['api'],
        replicas: 3,
        env: { GREETING: 'hello', COST: '5$' },
        limits: { cpus: 0.5, memoryBytes: 268_435_456 },
      },
      {
        name: 'api',
        source: { image: 'acme/api:1.2' },
        port: 3000,
        calls: [],
        health: { ready: '/healthz' },
        env: { MODE: 'fast' },
      },
      { name: 'db', source: { image: 'postgres:17' }, port: 5432, health: { kind: 'tcp' } },
    ]);
    expect(run.stderr).not.toContain('is taken to listen on PORT');
    for (const said of [
      'web-app: is "web_app" there',
      'web-app: its Dockerfile is Dockerfile.prod',
      'web-app: set TOKEN in an envFile',
      'web-app: PORT comes from msa itself',
      'web-app: not taken over: volumes',
      'api: reaches db by name',
      'api: set SECRET in an envFile',
    ]) {
      expect(run.stderr).toContain(said);
    }
  });

  test('takes over what people write in many ways', async () => {
    await using workspace = await testWorkspace();
    await workspace.write('deploy/api/Dockerfile', 'FROM scratch');
    await workspace.write('deploy/api.env', 'A=1');
    await workspace.write(
      'deploy/compose.yaml',
      `x-common: &common
  restart: always
  environment: &env { LOG: info }
services:
  api:
    <<: *common
    build: ./api
    env_file: [{ path: ./api.env, required: false }, more.env]
    mem_limit: 512MB
    healthcheck: { test: curl -f http://localhost:3000/healthz || exit 1 }
    environment: { <<: *env, LEVEL: 3 }
  cache: { image: "redis:7", mem_limit: 1073741824, env_file: /etc/elsewhere.env }
`,
    );
    const run = await workspace.done('add', 'deploy/compose.yaml');
    expect(await servicesOf(workspace)).toMatchObject([
      {
        name: 'api',
        source: { path: 'deploy/api' },
        env: { LOG: 'info', LEVEL: '3' },
        envFile: 'deploy/api.env',
        limits: { memoryBytes: 536_870_912 },
        health: { ready: '/healthz' },
      },
      { name: 'cache', limits: { memoryBytes: 1_073_741_824 } },
    ]);
    expect(run.stderr).toContain('api: a service has one envFile: put what more.env say into deploy/api.env');
    expect(run.stderr).toContain('cache: is taken to listen on PORT');
    expect(run.stderr).toContain('cache: its env_file /etc/elsewhere.env lies outside of the workspace');
  });

  test.each([
    { name: 'a service of nothing', text: 'services: { web: null }', says: 'web has neither an image nor a build' },
    {
      name: 'a build from a repository',
      text: 'services: { x: { build: "https://a.b/c.git" } }',
      says: 'https://a.b/c',
    },
    {
      name: 'two names that become one',
      text: 'services: { a_b: { image: x }, a-b: { image: y } }',
      says: '"a_b" and',
    },
    { name: 'an image only a shell knows', text: 'services: { x: { image: "a:$TAG" } }', says: 'depends on TAG' },
    { name: 'no services', text: 'volumes: {}', says: 'has no services' },
    { name: 'a mistake in the YAML', text: 'services: [', says: 'compose.yaml' },
    {
      name: 'an alias bomb',
      text: `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nservices: { x: { image: *c } }`,
      says: 'alias',
    },
    { name: 'a build context outside', text: 'services: { x: { build: ../../x } }', says: 'outside of the workspace' },
  ])('refuses a file with $name', async ({ text, says }) => {
    await using workspace = await testWorkspace();
    await workspace.write('compose.yaml', text);
    const before = await workspace.snapshot();
    expect(await workspace.run('add', 'compose.yaml')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(says),
    });
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('a service that is there already is refused as a whole', async () => {
    await using workspace = await testWorkspace();
    await workspace.write('compose.yaml', compose);
    await workspace.done('add', 'redis:8', '--name', 'db');
    expect(await workspace.run('add', 'compose.yaml')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('MSA_SERVICE_EXISTS'),
    });
  });
});
