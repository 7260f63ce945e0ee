import { EventEmitter } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from 'node:process';

import { describe, expect, test } from 'vitest';

import { runMsaWith, type Run, type RunOptions } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { waitUntil } from '../../support/wait-until.ts';

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

const yaml = `name: shop
services:
  orders:
    path: services/orders
    calls: [users]
    routes: [{ path: /orders }, { matches: [{ path: /hooks, methods: [POST] }] }]
  users:
    path: services/users
  payments:
    path: services/payments
  legacy:
    image: ghcr.io/acme/legacy:1
delivery:
  registry: ghcr.io/acme/shop
  environments:
    staging:
      deploy: sh hook.sh deploy
    checked:
      deploy: sh hook.sh deploy
      analyse: sh hook.sh analyse
    production:
      deploy: sh hook.sh deploy
      analyse: sh hook.sh analyse
      url: https://shop.example.com
      strategy: canary
      weights: [10, 50]
    green:
      deploy: sh hook.sh deploy
      analyse: sh hook.sh analyse
      strategy: blue-green
    missing:
      deploy: ./no-such-program
`;

/** Notes how it was called; fails or hangs where a file of that name says so. */
const hook = `call="$1 $MSA_ACTION $MSA_SERVICE $MSA_WEIGHT"
echo "$call" >> calls
name="$(echo "$call" | tr ' ' -)"
echo "hello from $MSA_SERVICE"
if [ -e spill ]; then echo "with $DEPLOY_TOKEN at $DEPLOY_HOST"; fi
if [ -e "fail-$name" ]; then echo "no luck" >&2; exit 3; fi
if [ -e "hang-$name" ]; then sleep 300; fi
if [ -e tell ]; then env | grep '^MSA_' | sort > "told-$name"; fi
`;

interface DeployWorkspace extends AsyncDisposable {
  readonly root: string;
  readonly write: (path: string, text?: string) => Promise<void>;
  readonly run: (...argv: readonly string[]) => Promise<Run>;
  readonly runWith: (options: RunOptions, ...argv: readonly string[]) => Promise<Run>;
  /** How the hook was called, first to last. */
  readonly calls: () => Promise<readonly string[]>;
}

async function deployWorkspace(): Promise<DeployWorkspace> {
  const dir = await tempDir();
  const root = dir.path;
  const write = async (path: string, text = ''): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await write('msa.yaml', yaml);
  await write('hook.sh', hook);
  await write('images/orders', `${digestOf('a')}\n`);
  await write('images/users', `${digestOf('b')}\n`);
  const runWith = (options: RunOptions, ...argv: readonly string[]): Promise<Run> =>
    runMsaWith({ env: { PATH: env['PATH'] }, ...options }, root, 'ci', 'deploy', ...argv);
  return {
    root,
    write,
    runWith,
    run: (...argv) => runWith({}, ...argv, '--images', 'images'),
    calls: async () => {
      const text = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** Of a canary, as the hook notes them. */
const steps = (service: string): readonly string[] => [
  `deploy deploy ${service} 10`,
  `analyse deploy ${service} 10`,
  `deploy deploy ${service} 50`,
  `analyse deploy ${service} 50`,
  `deploy deploy ${service} 100`,
];

describe('msa ci deploy', () => {
  test('rolling: each service once, callees first', async () => {
    await using workspace = await deployWorkspace();
    const run = await workspace.run('staging');
    expect(run.exitCode).toBe(0);
    expect(await workspace.calls()).toEqual(['deploy deploy users 100', 'deploy deploy orders 100']);
    expect(run.stderr).toContain('users: deploy at 100 %: sh hook.sh deploy\nusers | hello from users\n');
    expect(run.stdout).toMatch(/^users +deployed to staging +sha256:b{64}$/m);
  });

  test('what hooks write is shown without the secrets that they were given', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('spill');
    const secrets = { PATH: env['PATH'], DEPLOY_TOKEN: 'correct horse', DEPLOY_HOST: 'deploy@example.com' };
    const run = await workspace.runWith({ env: secrets }, 'staging', '--images', 'images');
    expect(run.stderr).toContain('users | with *** at deploy@example.com\n');
    expect(run.stderr).not.toContain('correct horse');
  });

  test('rolling with an analysis: it judges what runs', async () => {
    await using workspace = await deployWorkspace();
    await workspace.run('checked', '--service', 'users');
    expect(await workspace.calls()).toEqual(['deploy deploy users 100', 'analyse deploy users 100']);
  });

  test('canary: step by step, analysed after each, one service after the other', async () => {
    await using workspace = await deployWorkspace();
    const run = await workspace.run('production', '--json');
    expect(await workspace.calls()).toEqual([...steps('users'), ...steps('orders')]);
    const { environment, strategy, outcome, services, calls } = run.json();
    expect({ environment, strategy, outcome }).toEqual({
      environment: 'production',
      strategy: 'canary',
      outcome: 'deployed',
    });
    expect(services).toEqual([
      {
        service: 'users',
        digest: digestOf('b'),
        reference: `ghcr.io/acme/shop/users@${digestOf('b')}`,
        weight: 100,
        outcome: 'deployed',
      },
      {
        service: 'orders',
        digest: digestOf('a'),
        reference: `ghcr.io/acme/shop/orders@${digestOf('a')}`,
        weight: 100,
        outcome: 'deployed',
      },
    ]);
    expect(calls).toHaveLength(10);
  });

  test('blue-green: beside the old one, analysed, then everything', async () => {
    await using workspace = await deployWorkspace();
    await workspace.run('green', '--service', 'orders');
    expect(await workspace.calls()).toEqual([
      'deploy deploy orders 0',
      'analyse deploy orders 0',
      'deploy deploy orders 100',
    ]);
  });

  test('the hook gets what it has to know', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('tell');
    await workspace.run('production', '--service', 'orders');
    const told = await readFile(join(workspace.root, 'told-analyse-deploy-orders-50'), 'utf8');
    expect(told.trim().split('\n')).toEqual([
      'MSA_ACTION=deploy',
      `MSA_DIGEST=${digestOf('a')}`,
      'MSA_ENVIRONMENT=production',
      `MSA_IMAGE=ghcr.io/acme/shop/orders@${digestOf('a')}`,
      'MSA_ROUTES=/orders',
      'MSA_SERVICE=orders',
      'MSA_URL=https://shop.example.com',
      'MSA_WEIGHT=50',
    ]);
  });

  test('a failed hook: everything begun is taken back, the last first', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('fail-deploy-deploy-orders-50');
    const run = await workspace.run('production', '--summary', 'summary.md');
    expect(run.exitCode).toBe(1);
    expect((await workspace.calls()).slice(-3)).toEqual([
      'deploy deploy orders 50',
      'deploy rollback orders 0',
      'deploy rollback users 0',
    ]);
    expect(run.stderr).toContain(
      'error: nothing was deployed to production: the deployment of orders at 50 % ended with 3 (MSA_DEPLOY_FAILED)',
    );
    expect(run.stderr).toContain('orders | no luck');
    const summary = await readFile(join(workspace.root, 'summary.md'), 'utf8');
    expect(summary).toBe(
      [
        '### Taken back from production',
        '',
        'the deployment of orders at 50 % ended with 3.',
        '',
        'Strategy: canary.',
        '',
        '| Service | Outcome | Requests it got | Image |',
        '| --- | --- | ---: | --- |',
        `| users | taken back | 100 % | \`${digestOf('b')}\` |`,
        `| orders | taken back | 10 % | \`${digestOf('a')}\` |`,
        '',
      ].join('\n'),
    );
  });

  test('a failed analysis; what was not begun is not taken back', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('fail-analyse-deploy-users-10');
    const run = await workspace.run('production');
    expect(run.exitCode).toBe(1);
    expect(await workspace.calls()).toEqual([
      'deploy deploy users 10',
      'analyse deploy users 10',
      'deploy rollback users 0',
    ]);
    expect(run.stdout).toMatch(/^orders +not begun/m);
  });

  test('an analysis that hangs is ended, and taken for a failure', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('hang-analyse-deploy-users-10');
    const run = await workspace.run('production', '--timeout', '1s');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('the analysis of users at 10 % did not end within 1 s');
    expect((await workspace.calls()).at(-1)).toBe('deploy rollback users 0');
  });

  test('a hook that does not exist', async () => {
    await using workspace = await deployWorkspace();
    const run = await workspace.run('missing', '--service', 'users');
    // It cannot take back what it never began, and nobody can know that.
    expect(run.exitCode).toBe(6);
    expect(run.stderr).toContain(
      'the deployment of users at 100 % could not be started: spawn ./no-such-program ENOENT',
    );
  });

  test.each(['SIGINT', 'SIGTERM'])('%s: taken back as well', async (signal) => {
    await using workspace = await deployWorkspace();
    await workspace.write('hang-deploy-deploy-orders-100');
    const signals = new EventEmitter();
    const running = workspace.runWith({ signals }, 'staging', '--images', 'images');
    await waitUntil('the hook hangs', async () => (await workspace.calls()).length === 2);
    signals.emit(signal);
    const run = await running;
    expect(run.exitCode).toBe(1);
    expect(await workspace.calls()).toEqual([
      'deploy deploy users 100',
      'deploy deploy orders 100',
      'deploy rollback orders 0',
      'deploy rollback users 0',
    ]);
    expect(run.stderr).toContain('nothing was deployed to staging: it was interrupted');
  });

  test('what cannot be taken back: the others are, and the way by hand is told', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('fail-deploy-deploy-orders-100');
    await workspace.write('fail-deploy-rollback-orders-0');
    const run = await workspace.run('staging', '--json');
    expect(run.exitCode).toBe(6);
    expect((await workspace.calls()).at(-1)).toBe('deploy rollback users 0');
    const { outcome, error } = run.json() as { outcome: string; error: { code: string; hint: string } };
    expect({ outcome, code: error.code }).toEqual({ outcome: 'stuck', code: 'MSA_ROLLBACK_FAILED' });
    expect(error.hint).toContain('msa ci deploy staging --images images --service orders --rollback');
  });

  test('--rollback takes everything back, callers first, whatever fails', async () => {
    await using workspace = await deployWorkspace();
    expect((await workspace.run('staging', '--rollback')).exitCode).toBe(0);
    expect(await workspace.calls()).toEqual(['deploy rollback orders 0', 'deploy rollback users 0']);
    await rm(join(workspace.root, 'calls'));
    await workspace.write('fail-deploy-rollback-orders-0');
    expect((await workspace.run('staging', '--rollback')).exitCode).toBe(6);
    expect(await workspace.calls()).toEqual(['deploy rollback orders 0', 'deploy rollback users 0']);
  });

  test('--dry-run says what would be called, and calls nothing', async () => {
    await using workspace = await deployWorkspace();
    const run = await workspace.run('production', '--service', 'users', '--dry-run');
    expect(run.stdout.split('\n')).toEqual([
      'users: deploy at 10 %: sh hook.sh deploy',
      'users: analyse at 10 %: sh hook.sh analyse',
      'users: deploy at 50 %: sh hook.sh deploy',
      'users: analyse at 50 %: sh hook.sh analyse',
      'users: deploy at 100 %: sh hook.sh deploy',
      '',
      'Nothing was called.',
      '',
    ]);
    expect(await workspace.calls()).toEqual([]);
  });

  test('one file for all images', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('digests', `# of run 7\norders ${digestOf('c')}\n\nusers=${digestOf('d')}\r\n`);
    const run = await workspace.runWith({}, 'staging', '--images', 'digests', '--json');
    const { services } = run.json() as { services: { service: string; digest: string }[] };
    expect(services.map(({ service, digest }) => [service, digest])).toEqual([
      ['users', digestOf('d')],
      ['orders', digestOf('c')],
    ]);
  });

  test('adds its summary to what stands there', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('summary.md', 'before');
    await workspace.run('staging', '--summary', 'summary.md');
    expect(await readFile(join(workspace.root, 'summary.md'), 'utf8')).toMatch(/^before\n### Deployed to staging\n/);
  });

  test('nothing to deploy is no failure', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('digests', '');
    const run = await workspace.runWith({}, 'staging', '--images', 'digests');
    expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({
      exitCode: 0,
      stdout: 'There was nothing to deploy.\n',
    });
  });

  test('digests that are none are refused, all of them, with file and line', async () => {
    await using workspace = await deployWorkspace();
    await workspace.write('images/orders', '\nsha256:abc\n');
    await workspace.write('images/users', `${digestOf('b')}\n${digestOf('c')}\n`);
    await workspace.write('images/nobody', `${digestOf('b')}\n`);
    await workspace.write('images/legacy', `${digestOf('b')}\n`);
    await workspace.write('images/payments', '');
    const run = await workspace.run('staging');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('MSA_IMAGES_INVALID');
    for (const line of [
      'images/orders:2: "sha256:abc" is no digest',
      'images/users:2: one digest is expected, and there is more',
      'images/nobody:1: there is no service "nobody" in msa.yaml',
      'images/legacy:1: legacy runs from an image of its own',
      'images/payments:1: it is empty',
    ]) {
      expect(run.stderr).toContain(line);
    }
    expect(await workspace.calls()).toEqual([]);
  });

  test.each([
    ['an unknown environment', ['stagin', '--images', 'images'], 'Did you mean staging?'],
    ['no images', ['staging'], '--images images'],
    ['images that are not there', ['staging', '--images', 'none'], 'there is no file or folder "none"'],
    ['an unknown service', ['staging', '--images', 'images', '--service', 'user'], 'Did you mean users?'],
    ['a service without an image', ['staging', '--images', 'images', '--service', 'payments'], 'no image of payments'],
    [
      'a timeout that is none',
      ['staging', '--images', 'images', '--timeout', 'soon'],
      '--timeout: "soon" is no duration',
    ],
  ])('refuses %s', async (_what, argv, message) => {
    await using workspace = await deployWorkspace();
    const run = await workspace.runWith({}, ...argv);
    expect({ exitCode: run.exitCode, isTold: run.stderr.includes(message) }).toEqual({ exitCode: 2, isTold: true });
    expect(await workspace.calls()).toEqual([]);
  });
});
