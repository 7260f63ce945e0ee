import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';

import { describe, expect, test } from 'vitest';

import { hasProcess } from '../../support/has-process.ts';
import { runMsaWith, type Run, type RunOptions } from '../../support/run-msa.ts';
import { gitRepository, type GitRepository } from '../../support/git-repository.ts';
import { waitUntil } from '../../support/wait-until.ts';

const yaml = `name: shop
services:
  users:
    path: services/users
  orders:
    path: services/orders
    calls: [users]
  legacy:
    image: ghcr.io/acme/legacy:1
delivery:
  chaos: [orders]
`;

/** A service without dependencies whose test is this line of shell. */
function service(name: string, line: string): Readonly<Record<string, string>> {
  const lock = { name, version: '1.0.0', lockfileVersion: 3, packages: { '': { name, version: '1.0.0' } } };
  return {
    [`services/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', scripts: { test: line } }),
    [`services/${name}/package-lock.json`]: JSON.stringify(lock),
    [`services/${name}/openapi.json`]: '{"openapi":"3.1.0","info":{"title":"A","version":"1.0.0"},"paths":{}}',
  };
}

interface Shop extends GitRepository {
  readonly run: (...argv: readonly string[]) => Promise<Run>;
  readonly runWith: (options: RunOptions, ...argv: readonly string[]) => Promise<Run>;
}

async function shop(tests: { readonly users?: string; readonly orders?: string } = {}): Promise<Shop> {
  const repository = await gitRepository();
  await repository.commit({
    'msa.yaml': yaml,
    ...service('users', tests.users ?? 'echo users are fine'),
    ...service('orders', tests.orders ?? 'echo orders are fine'),
  });
  const runWith = (options: RunOptions, ...argv: readonly string[]): Promise<Run> =>
    runMsaWith(
      { ...options, env: { PATH: env['PATH'], HOME: env['HOME'], ...options.env } },
      repository.root,
      'ci',
      'run',
      ...argv,
    );
  return { ...repository, runWith, run: (...argv) => runWith({}, ...argv) };
}

/** A test that passes only while that of another service runs too. */
function meet(other: string): string {
  return `touch met; for i in $(seq 100); do [ -e ../${other}/met ] && exit 0; sleep 0.1; done; exit 1`;
}

describe('msa ci run check', () => {
  test('runs the steps of what is affected, in its folder, and shows what they write', async () => {
    await using workspace = await shop({ users: 'echo in $(basename $PWD) with CI=$CI; echo oops >&2' });
    await workspace.write('services/users/a.js', '');
    const run = await workspace.run('check');
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('check users | in users with CI=true');
    expect(run.stderr).toContain('check users | oops');
    expect(run.stdout).toMatch(/^JOB +SERVICE +RESULT +TIME +WHY\ncheck +users +passed +[\d.]+ s\n$/);
  });

  test('goes on with others when one fails, and ends with 1', async () => {
    await using workspace = await shop({ users: 'echo broken; exit 3' });
    const run = await workspace.run('check', '--service', 'users,orders', '--json', '--junit', 'reports/ci.xml');
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      tasks: [
        { job: 'check', service: 'users', result: 'failed', reason: 'test: it ended with exit code 3' },
        { job: 'check', service: 'orders', result: 'passed', reason: null },
      ],
      error: { code: 'MSA_CI_FAILED', hint: 'Once more: msa ci run check --service users' },
    });
    const report = await readFile(join(workspace.root, 'reports/ci.xml'), 'utf8');
    expect(report).toContain('<testsuite name="check" tests="2" failures="1"');
    expect(report).toContain('broken');
  });

  test('stops a service at its first failing step', async () => {
    await using workspace = await shop({ users: 'echo never' });
    await workspace.remove('services/users/package-lock.json');
    const run = await workspace.run('check', '--service', 'users');
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/users +failed .*install: it ended with exit code 1/);
    expect(run.stderr).not.toContain('| never');
  });

  test('runs several services at once where it may', async () => {
    await using workspace = await shop({ users: meet('orders'), orders: meet('users') });
    const run = await workspace.run('check', '--service', 'users,orders', '--parallel', '2');
    expect(run.stdout).not.toContain('failed');
    expect(run.exitCode).toBe(0);
  });

  test('hides secrets of the environment, in lines, reasons and reports', async () => {
    await using workspace = await shop({ users: 'echo token is $NPM_TOKEN, home is $HOME; exit 1' });
    const secrets = { NPM_TOKEN: 'npm_0123456789abcdef', DEPLOY_PASSWORD: 'hunter2hunter2' };
    const options = ['check', '--service', 'users', '--junit', 'ci.xml'];
    const run = await workspace.runWith({ env: secrets }, ...options);
    expect(run.stderr).toContain(`token is ***, home is ${env['HOME']}`);
    const report = await readFile(join(workspace.root, 'ci.xml'), 'utf8');
    expect(report).toContain('token is ***');
    for (const text of [run.stdout, run.stderr, report]) expect(text).not.toContain(secrets.NPM_TOKEN);
  });

  test('leaves nothing of a step in the background', async () => {
    await using workspace = await shop({ users: 'sleep 300 & echo $! > pid' });
    const run = await workspace.run('check', '--service', 'users');
    expect(run.exitCode).toBe(0);
    const pid = Number(await readFile(join(workspace.root, 'services/users/pid'), 'utf8'));
    await waitUntil('the end of what it started', async () => !hasProcess(pid));
  });

  test('is stopped by Ctrl-C with all that runs', async () => {
    await using workspace = await shop({ users: 'sleep 300 & echo $! > pid; touch begun; wait' });
    const signals = new EventEmitter();
    const running = workspace.runWith({ signals }, 'check', '--service', 'users,orders');
    const pidFile = join(workspace.root, 'services/users/pid');
    await waitUntil('the beginning of the step', async () => (await readFile(pidFile, 'utf8')) !== '');
    signals.emit('SIGINT');
    const run = await running;
    expect(run.exitCode).toBe(130);
    expect(run.stderr).not.toContain('orders are fine');
    const pid = Number(await readFile(pidFile, 'utf8'));
    await waitUntil('the end of what it started', async () => !hasProcess(pid));
  });
});

describe('msa ci run', () => {
  test('shows what it would run, and runs nothing', async () => {
    await using workspace = await shop({ users: 'touch ran' });
    await workspace.write('services/users/Dockerfile', 'FROM scratch\n');
    const run = await workspace.run('--service', 'users', '--dry-run', '--json');
    expect(run.json()).toMatchObject({
      dryRun: true,
      tasks: [
        { job: 'check', service: 'users', folder: 'services/users', undo: null },
        {
          job: 'image',
          service: 'users',
          steps: [{ run: expect.stringContaining('--tag msa-ci/shop-users .') }],
          undo: { run: 'docker image rm --force msa-ci/shop-users' },
        },
        { job: 'contract', service: null, steps: [{ run: 'msa contract' }] },
        {
          job: 'system',
          service: null,
          steps: [{ run: 'msa up users --timeout 10m' }, { run: 'msa smoke users' }],
          undo: { run: 'msa down' },
        },
      ],
    });
    const { stdout } = await workspace.run('system', '--all', '--dry-run', '--keep');
    expect(stdout).toBe(
      [
        'system',
        '  up: msa up users orders legacy --timeout 10m',
        '  smoke: msa smoke users orders legacy',
        '  chaos: msa chaos kill orders',
        '',
      ].join('\n'),
    );
  });

  test('takes a range as msa affected does', async () => {
    await using workspace = await shop();
    await workspace.commit({ 'services/orders/a.js': '' });
    const tasksOf = async (range: string): Promise<unknown> =>
      (await workspace.run('--range', range, '--dry-run', '--json')).json()['tasks'];
    expect(await tasksOf('HEAD~1..HEAD')).toMatchObject([
      { job: 'check', service: 'orders' },
      { job: 'contract', steps: [{ run: 'msa contract HEAD~1..HEAD' }] },
      { job: 'system', steps: [{ run: 'msa up users orders --timeout 10m' }, {}, {}] },
    ]);
    expect(await tasksOf('HEAD..HEAD')).toEqual([]);
    expect((await workspace.run('--range', 'HEAD..HEAD')).stdout).toContain('touches nothing');
  });

  test('compares contracts, and says whose break', async () => {
    await using workspace = await shop();
    const operation = { get: { responses: { 200: { description: 'ok' } } } };
    const contract = { openapi: '3.1.0', info: { title: 'A', version: '1.0.0' }, paths: { '/users': operation } };
    await workspace.commit({ 'services/users/openapi.json': JSON.stringify(contract) });
    await workspace.write('services/users/openapi.json', JSON.stringify({ ...contract, paths: {} }));
    const run = await workspace.run('contract', '--range', 'HEAD', '--json');
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      tasks: [{ job: 'contract', result: 'failed', reason: expect.stringMatching(/^compare: .*users/) }],
    });
    expect(run.stderr).toContain('contract | ');
  });

  test.each([
    ['deploy', 'check, image, contract, system'],
    ['check --service nobody', 'nobody'],
    ['check --service users --all', '--all'],
    ['check --range HEAD --all', '--all'],
    ['check --parallel 0', '--parallel'],
    ['check --range nowhere', 'nowhere'],
  ])('refuses %s', async (words, named) => {
    await using workspace = await shop();
    const run = await workspace.run(...words.split(' '));
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(named);
  });

  test('without git runs the services that are named', async () => {
    await using workspace = await shop();
    await workspace.remove('.git');
    expect((await workspace.run('check')).exitCode).toBe(3);
    expect((await workspace.run('check', '--service', 'users')).exitCode).toBe(0);
  });
});
