import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { hasImageRegistry, imageRegistry, type ImageRegistry } from '../support/image-registry.ts';
import { createKeeper } from '../support/keeper.ts';
import { runMsaWith, type Run } from '../support/run-msa.ts';
import { hasSshServer, startSshServer } from '../support/ssh-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

// The generated hooks at work: over SSH to this machine, with images pulled by digest from a registry, under requests all the while.

const hooks = join(import.meta.dirname, '../../templates/workflow/deploy');

type Behaviour = 'good' | 'failing' | 'sick';

/**
 * A service that says which version it is; a failing one is healthy all the same, a sick one is not. It is a program in Perl, which the
 * smallest image brings: what is deployed is pushed before, and with Node.js that takes ten times as long.
 */
const service = (version: string, behaviour: Behaviour): string => `use IO::Socket::INET;
my $leaving = 0;
$SIG{TERM} = sub { $leaving = 1 };
$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => 8000, Listen => 64, ReuseAddr => 1) or die $!;
until ($leaving) {
  my $client = $server->accept or next;
  my $path = (split ' ', <$client> // '')[1] // '';
  while (defined(my $line = <$client>)) { last if $line eq "\\r\\n" }
  my $sick = '${behaviour}' eq 'sick' || ('${behaviour}' eq 'failing' && $path ne '/health');
  my $status = $sick ? '500 Sick' : '200 OK';
  print $client "HTTP/1.1 $status\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\n${version}";
}
`;

const healthCheck = `use IO::Socket::INET;
my $service = IO::Socket::INET->new(PeerAddr => '127.0.0.1:8000', Timeout => 5) or exit 1;
print $service "GET /health HTTP/1.1\\r\\nhost: it\\r\\n\\r\\n";
exit(<$service> =~ / 200 / ? 0 : 1);
`;

/** The label makes every image one of its own: two projects never share one, and none keeps the other from removing it. */
const dockerfile = (project: string): string => `FROM debian:trixie-slim
LABEL test.project=${project}
COPY service.pl health.pl /
HEALTHCHECK --interval=1s --timeout=20s --retries=4 CMD ["perl", "/health.pl"]
CMD ["perl", "/service.pl"]
`;

/** Finds instances by DNS and takes them in turn; one that takes no connection is no reason to fail. */
const gateway = `
import { createServer, request } from 'node:http';
import { resolve4 } from 'node:dns/promises';
let turn = 0;
createServer(async (incoming, outgoing) => {
  const addresses = (await resolve4('orders').catch(() => [])).sort();
  turn += 1;
  const ask = (left) => {
    if (left === 0) return outgoing.writeHead(503).end('nobody');
    const host = addresses[(turn + left) % addresses.length];
    const asked = request({ host, port: 8000, path: incoming.url, agent: false, timeout: 2000 }, (answer) => {
      outgoing.writeHead(answer.statusCode, { connection: 'close' });
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    asked.on('timeout', () => asked.destroy(new Error('too late')));
    asked.on('error', () => (outgoing.headersSent ? outgoing.destroy() : ask(left - 1)));
    asked.end();
  };
  ask(addresses.length);
}).listen(8080);
`;

const compose = (project: string, repository: string): string => `name: ${project}
services:
  gateway:
    image: node:24-slim
    command: [node, /gateway.mjs]
    init: true
    volumes: ['./gateway.mjs:/gateway.mjs:ro']
    ports: ['127.0.0.1::8080']
  orders:
    image: ${repository}/orders:none
    scale: 2
`;

const workspaceFile = (repository: string, url: string): string => `name: shop
services:
  orders:
    path: services/orders
    routes: [{ path: /orders }]
delivery:
  registry: ${repository}
  environments:
    staging:
      deploy: sh deploy/compose.sh
    production:
      deploy: sh deploy/compose.sh
      analyse: sh deploy/watch.sh
      url: ${url}
      strategy: canary
      weights: [10, 50]
    green:
      deploy: sh deploy/compose.sh
      analyse: sh deploy/watch.sh
      url: ${url}
      strategy: blue-green
`;

/** Notes who answers before it judges. */
const watch = `for i in 1 2 3 4 5 6 7 8 9 10 11 12; do curl -s "$MSA_URL/orders"; echo; done | sort | uniq -c | tr -s ' \\n' ' ' >> "seen"
echo >> seen
exec sh deploy/analyse.sh
`;

interface Host extends AsyncDisposable {
  /** Builds a version and pushes it; tells its digest. Nothing of it stays on this machine. */
  readonly publish: (version: string, behaviour?: Behaviour) => Promise<string>;
  readonly deploy: (environment: string, digest: string, other?: Other) => Promise<Run>;
  /** What twelve requests are answered with, each once. */
  readonly answers: () => Promise<readonly string[]>;
  /** Who answered during each analysis. */
  readonly seen: () => Promise<readonly string[]>;
  readonly containers: () => Promise<readonly string[]>;
  /** Requests that failed since the last question. */
  readonly failures: () => readonly string[];
}

interface Other {
  readonly more?: readonly string[];
  readonly changed?: NodeJS.ProcessEnv;
}

async function startHost(registry: ImageRegistry): Promise<Host> {
  const undo: (() => PromiseLike<void>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    return { ...(await openHost(registry, undo)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function openHost(
  registry: ImageRegistry,
  undo: (() => PromiseLike<void>)[],
): Promise<Omit<Host, keyof AsyncDisposable>> {
  const owned = <T extends AsyncDisposable>(resource: T): T => {
    undo.push(() => resource[Symbol.asyncDispose]());
    return resource;
  };
  const { path } = owned(await tempDir());
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  };
  const ssh = owned(await startSshServer(join(path, 'ssh')));
  const project = `msa-test-${path
    .slice(-6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')}`;
  const repository = `${registry.host}/${project}`;
  await write('host/compose.yaml', compose(project, repository));
  await write('host/gateway.mjs', gateway);
  undo.push(() => removeProject(project, repository));
  await docker('compose', '--file', join(path, 'host/compose.yaml'), 'up', '--detach', 'gateway');
  const published = await docker('compose', '--file', join(path, 'host/compose.yaml'), 'port', 'gateway', '8080');
  const url = `http://${published}`;
  await write('workspace/msa.yaml', workspaceFile(repository, url));
  await cp(hooks, join(path, 'workspace/deploy'), { recursive: true });
  await write('workspace/deploy/watch.sh', watch);
  const load = startLoad(`${url}/orders`);
  undo.push(() => load.stop());
  const variables = {
    PATH: env['PATH'],
    DEPLOY_HOST: ssh.login,
    DEPLOY_KNOWN_HOSTS: ssh.knownHosts,
    DEPLOY_SSH_KEY: ssh.key,
    DEPLOY_DIR: join(path, 'host'),
    DEPLOY_TIMEOUT: '60',
    ANALYSE_REQUESTS: '20',
  };
  const deploy: Host['deploy'] = async (environment, digest, { more = [], changed = {} } = {}) => {
    await write('workspace/images/orders', `${digest}\n`);
    const words = ['ci', 'deploy', environment, '--images', 'images', ...more];
    return runMsaWith({ env: { ...variables, ...changed } }, join(path, 'workspace'), ...words);
  };
  return {
    deploy,
    publish: async (version, behaviour = 'good') => {
      const image = `${project}/orders:${version}`;
      await write(`build/${version}/Dockerfile`, dockerfile(project));
      await write(`build/${version}/service.pl`, service(version, behaviour));
      await write(`build/${version}/health.pl`, healthCheck);
      await docker('build', '--quiet', '--tag', image, join(path, 'build', version));
      const digest = await registry.push(image);
      await docker('rmi', image);
      return digest;
    },
    answers: async () => {
      const texts = new Set<string>();
      for (let count = 0; count < 12; count += 1) texts.add(await (await fetch(`${url}/orders`)).text());
      return [...texts].toSorted();
    },
    seen: async () => (await readFile(join(path, 'workspace/seen'), 'utf8')).trim().split(/\s*\n\s*/),
    containers: async () => {
      const format = '{{.Label "com.docker.compose.service"}} {{.State}}';
      const lines = await docker('ps', '--all', '--filter', ofProject(project), '--format', format);
      return lines.split('\n').toSorted();
    },
    failures: () => load.failures(),
  };
}

function ofProject(project: string): string {
  return `label=com.docker.compose.project=${project}`;
}

async function removeProject(project: string, repository: string): Promise<void> {
  const ids = await docker('ps', '--all', '--quiet', '--filter', ofProject(project));
  if (ids !== '') await docker('rm', '--force', '--volumes', ...ids.split('\n'));
  await docker('compose', '--project-name', project, 'down', '--volumes');
  const images = (await docker('image', 'ls', '--format', '{{.Repository}} {{.ID}}')).split('\n');
  const pulled = new Set(
    images.flatMap((line) => (line.startsWith(`${repository}/`) ? [line.split(' ')[1] ?? ''] : [])),
  );
  if (pulled.size > 0) await docker('rmi', '--force', ...pulled);
}

interface Load {
  readonly failures: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** Asks again and again, as clients do. */
function startLoad(url: string): Load {
  const stopper = new AbortController();
  let failed: string[] = [];
  let succeeded = 0;
  const running = (async () => {
    while (!stopper.signal.aborted) {
      const problem = await askOnce(url);
      if (problem === undefined) succeeded += 1;
      else failed.push(problem);
      await sleep(25);
    }
  })();
  return {
    failures: () => {
      // Whoever asked nothing has lost nothing.
      const found = succeeded === 0 ? ['no request succeeded'] : failed;
      failed = [];
      succeeded = 0;
      return found;
    },
    stop: async () => {
      stopper.abort();
      await running;
    },
  };
}

async function askOnce(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    const text = await answer.text();
    return answer.status < 500 ? undefined : `${answer.status} ${text}`;
  } catch (error) {
    return String(error);
  }
}

const rollback = { more: ['--rollback'] };
const two = ['gateway running', 'orders running', 'orders running'];

describe.skipIf(!hasDocker || !hasSshServer || !hasImageRegistry)('deploy/compose.sh', () => {
  const { keep, disposeAll } = createKeeper();
  // One for all of them: it gets what lies below every image only once.
  let registry: ImageRegistry;
  beforeAll(async () => {
    registry = keep(await imageRegistry());
  });
  afterAll(disposeAll);

  test('releases, shares, analyses and takes back, and no request is lost', async () => {
    await using host = await startHost(registry);
    const [v1, v2] = [await host.publish('v1'), await host.publish('v2')];

    const first = await host.deploy('production', v1);
    expect(first.stderr, first.stderr).toContain('orders | runs ');
    // Beside nothing there are no shares, and the steps that follow have nothing to do.
    expect(first.stderr).toContain('orders | this version alone runs already');
    expect(first.exitCode).toBe(0);
    await waitUntil('v1 answers', async () => (await host.answers()).join(' ') === 'v1');
    expect(await host.containers()).toEqual(two);
    host.failures();

    const canary = await host.deploy('production', v2);
    expect(canary.exitCode, canary.stderr).toBe(0);
    expect(canary.stderr).toContain(
      'orders | 1 of 3 instances are new, about 33 % of the requests; 10 % were asked for',
    );
    expect(canary.stderr).toContain(
      'orders | 2 of 4 instances are new, about 50 % of the requests; 50 % were asked for',
    );
    // How many of each is told above; others ask at the same time, and whose turn it is nobody knows.
    const shared = expect.stringMatching(/^\d+ v1 \d+ v2$/);
    expect((await host.seen()).slice(-2)).toEqual([shared, shared]);
    expect(await host.answers()).toEqual(['v2']);
    expect(await host.containers()).toEqual(two);
    expect(host.failures()).toEqual([]);

    const failing = await host.deploy('production', await host.publish('v3', 'failing'));
    expect(failing.exitCode).toBe(1);
    expect(failing.stderr).toContain('the analysis of orders at 10 % ended with 1');
    expect(await host.answers()).toEqual(['v2']);
    expect(await host.containers()).toEqual(two);
    // That is what a canary is for: some have met it.
    expect(new Set(host.failures())).toEqual(new Set(['500 v3']));

    const sick = await host.deploy('green', await host.publish('v4', 'sick'));
    expect(sick.exitCode).toBe(1);
    expect(sick.stderr).toContain('the new version is running/unhealthy');
    expect(await host.containers()).toEqual(two);

    const green = await host.deploy('green', await host.publish('v5'));
    expect(green.exitCode, green.stderr).toBe(0);
    // Nobody but its own health check has asked it before it got everything.
    expect((await host.seen()).at(-1)).toBe('12 v2');
    expect(await host.answers()).toEqual(['v5']);
    expect(host.failures()).toEqual([]);
  });

  test('a rollback goes back one version, once, and only from the version it names', async () => {
    await using host = await startHost(registry);
    const [v1, v2] = [await host.publish('v1'), await host.publish('v2')];
    await host.deploy('staging', v1);
    expect(await host.containers()).toEqual(two);
    await host.deploy('staging', v1, rollback);
    // Before the first one there was nothing.
    expect(await host.containers()).toEqual(['gateway running']);

    await host.deploy('staging', v1);
    await host.deploy('staging', v2);
    await waitUntil('v2 answers', async () => (await host.answers()).join(' ') === 'v2');
    host.failures();
    const other = await host.deploy('staging', v1, rollback);
    expect(other.exitCode).toBe(0);
    expect(other.stderr).toContain('this version was not deployed any further');
    expect(await host.answers()).toEqual(['v2']);

    for (const _again of [1, 2]) {
      const back = await host.deploy('staging', v2, rollback);
      expect(back.exitCode, back.stderr).toBe(0);
      await waitUntil('v1 answers again', async () => (await host.answers()).join(' ') === 'v1');
    }
    expect(host.failures()).toEqual([]);
    const further = await host.deploy('staging', v1, rollback);
    expect(further.exitCode).toBe(6);
    expect(further.stderr).toContain('which version ran before is not known');
    expect(await host.answers()).toEqual(['v1']);
  });

  test('connects to nobody it does not know, and with no key it was not given', async () => {
    await using host = await startHost(registry);
    const digest = await host.publish('v1');
    const stranger = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0Cm0m5w2mMkqWJn1Q7g3Z2b0tN0m4rVY7cB0n1u8aX';
    const unknown = await host.deploy('staging', digest, { changed: { DEPLOY_KNOWN_HOSTS: `127.0.0.1 ${stranger}` } });
    expect(unknown.exitCode).toBe(6);
    expect(unknown.stderr).toContain('Host key verification failed');
    const locked = await host.deploy('staging', digest, { changed: { DEPLOY_SSH_KEY: '' } });
    expect(locked.stderr).toContain('Permission denied');
    expect(await host.containers()).toEqual(['gateway running']);
  });
});

describe('deploy/compose.sh', () => {
  const usable = {
    MSA_ACTION: 'deploy',
    MSA_SERVICE: 'orders',
    MSA_DIGEST: `sha256:${'a'.repeat(64)}`,
    MSA_IMAGE: `ghcr.io/acme/shop/orders@sha256:${'a'.repeat(64)}`,
    MSA_WEIGHT: '100',
    DEPLOY_HOST: 'deploy@127.0.0.1:1',
    DEPLOY_KNOWN_HOSTS: 'x',
  };

  test.each([
    ['MSA_SERVICE', "orders'; touch pwned; '"],
    ['MSA_SERVICE', 'orders\n'],
    ['MSA_SERVICE', '--help'],
    ['MSA_SERVICE', ''],
    ['MSA_IMAGE', 'ghcr.io/acme/$(touch pwned)'],
    ['MSA_WEIGHT', '-1'],
    ['MSA_WEIGHT', '1000'],
    ['MSA_ACTION', 'deploy rollback'],
    ['DEPLOY_HOST', '-oProxyCommand=touch pwned'],
    ['DEPLOY_HOST', 'a@b:22;x'],
    ['DEPLOY_DIR', '~/a; touch pwned'],
    ['DEPLOY_DIR', '$HOME'],
    ['DEPLOY_TIMEOUT', '1e9'],
    ['DEPLOY_KNOWN_HOSTS', ''],
  ])('refuses %s=%j before it connects', async (name, value) => {
    await using dir = await tempDir();
    const { runCommand } = await import('../../src/io/command-runner.ts');
    const lines: string[] = [];
    const end = await runCommand({
      words: ['sh', join(hooks, 'compose.sh')],
      directory: dir.path,
      env: { PATH: env['PATH'], ...usable, [name]: value },
      timeoutMs: 20_000,
      signal: new AbortController().signal,
      onLine: (line) => lines.push(line),
    });
    expect({ end, lines }).toEqual({
      end: { kind: 'exited', code: 1 },
      lines: [expect.stringMatching(new RegExp(`^compose.sh: .*${name}`))],
    });
    expect(await readdir(dir.path)).toEqual([]);
  });
});
