import { symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';

import { describe, expect, test } from 'vitest';

import { runMsaWith } from '../../support/run-msa.ts';
import { deliveryFiles, deliveryWorkspace, deliveryYaml } from '../../support/delivery-workspace.ts';
import { git } from '../../support/git-repository.ts';
import { tempDir } from '../../support/temp-dir.ts';

const everything = ['users ledger payments orders reports', 'users ledger payments orders reports legacy'];
const nothing = ['', ''];

interface Case {
  readonly what: string;
  readonly write?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly touches: readonly string[];
}

const yamlWith = (from: string, to: string): Readonly<Record<string, string>> => {
  const text = deliveryYaml.replace(from, to);
  if (text === deliveryYaml) throw new Error(`there is no ${from}`);
  return { 'msa.yaml': text };
};

const contractOfUsers = deliveryFiles['services/users/openapi.json'] ?? '';
const oldContract: object = JSON.parse(contractOfUsers);

const cases: readonly Case[] = [
  { what: 'a file of a service', write: { 'services/users/a.js': '' }, touches: ['users', 'users'] },
  {
    what: 'a file of one that calls others: they are in the system test',
    write: { 'services/orders/a.js': '' },
    touches: ['orders', 'users ledger payments orders'],
  },
  {
    what: 'a contract: direct callers',
    write: { 'services/users/openapi.json': JSON.stringify({ ...oldContract, paths: { '/users': {} } }) },
    touches: ['users orders', 'users ledger payments orders'],
  },
  {
    what: 'a contract that is only written otherwise',
    write: {
      'services/users/openapi.json': JSON.stringify(
        Object.fromEntries(Object.entries(oldContract).toReversed()),
        null,
        2,
      ),
    },
    touches: ['users', 'users'],
  },
  {
    what: 'a contract that is no JSON any more',
    write: { 'services/users/openapi.json': '{' },
    touches: ['users orders', 'users ledger payments orders'],
  },
  {
    what: 'a contract that is gone',
    remove: ['services/users/openapi.json'],
    touches: ['users orders', 'users ledger payments orders'],
  },
  {
    what: 'a service without a contract: direct callers, and nobody behind them',
    write: { 'services/ledger/a.py': '' },
    touches: ['ledger payments', 'ledger payments'],
  },
  { what: 'its record', write: { '.msa/base/users/answers.json': '{}' }, touches: ['users', 'users'] },
  { what: 'the record of the workspace', write: { '.msa/base/@workspace/x.base': '' }, touches: nothing },
  { what: 'a shared file', write: { 'tsconfig.base.json': '{}' }, touches: everything },
  { what: 'a folder beside one of a service with its name', write: { 'services/users2/a': '' }, touches: everything },
  { what: 'text for people', write: { 'README.md': '', 'docs/a.png': '', LICENSE: '' }, touches: nothing },
  { what: 'settings of editors', write: { '.vscode/a.json': '', '.editorconfig': '' }, touches: nothing },
  { what: 'text that is part of a service', write: { 'services/users/README.md': '' }, touches: ['users', 'users'] },
  { what: 'a file of the gateway', write: { 'gateway/filters/a.ts': '' }, touches: ['', everything[1] ?? ''] },
  { what: 'a pipeline', write: { '.github/workflows/ci.yml': '' }, touches: everything },
  {
    what: 'comments, blank lines, quotes and written defaults in msa.yaml',
    write: yamlWith('name: shop\n', '# A comment\n\nname: "shop"\nengine: auto\n'),
    touches: nothing,
  },
  { what: 'a shared key', write: yamlWith('name: shop', 'name: shop\nisolation: strict'), touches: everything },
  {
    what: 'the gateway',
    write: yamlWith('name: shop', 'name: shop\ngateway: { port: 81 }'),
    touches: ['', everything[1] ?? ''],
  },
  {
    what: 'delivery',
    write: yamlWith('name: shop', 'name: shop\ndelivery: { registry: ghcr.io/acme/shop }'),
    touches: nothing,
  },
  {
    what: 'the entry of a service: its callers do not notice',
    write: yamlWith('ledger:\n    path: services/ledger', 'ledger:\n    path: services/ledger\n    replicas: 2'),
    touches: ['ledger', 'ledger'],
  },
  {
    what: 'an image: it is run, and not built',
    write: yamlWith('legacy:1', 'legacy:2'),
    touches: ['', 'legacy'],
  },
  {
    what: 'a new service',
    write: {
      ...yamlWith('  legacy:', '  fresh:\n    path: services/fresh\n  legacy:'),
      'services/fresh/Dockerfile': '',
    },
    touches: ['fresh', 'fresh'],
  },
  {
    what: 'a service that is gone, with its folder',
    write: yamlWith('  reports:\n    path: services/reports\n', ''),
    remove: ['services/reports'],
    touches: nothing,
  },
  {
    what: 'a service that has a new name and folder',
    write: {
      ...yamlWith('  reports:\n    path: services/reports', '  analyses:\n    path: services/analyses'),
      'services/analyses/Dockerfile': 'FROM scratch\n',
    },
    remove: ['services/reports'],
    touches: ['analyses', 'analyses'],
  },
  {
    what: 'a service that moved, contract and all',
    write: {
      ...yamlWith('services/users', 'apps/users'),
      'apps/users/package.json': '{}',
      'apps/users/openapi.json': contractOfUsers,
    },
    remove: ['services/users'],
    touches: ['users', 'users'],
  },
];

describe('what a change touches', () => {
  test.each(cases)('$what', async ({ write = {}, remove = [], touches }) => {
    await using workspace = await deliveryWorkspace();
    for (const path of remove) await workspace.remove(path);
    for (const [path, text] of Object.entries(write)) await workspace.write(path, text);
    expect(await workspace.affected('HEAD')).toEqual(touches);
    const later = await workspace.commit();
    expect(await workspace.affected(`${workspace.first}..${later}`)).toEqual(touches);
  });

  test('a contract in YAML spares the callers until it changes', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({ 'services/ledger/openapi.yaml': 'openapi: 3.1.0\n' });
    await workspace.write('services/ledger/a.py', '');
    expect(await workspace.affected('HEAD')).toEqual(['ledger', 'ledger']);
    await workspace.write('services/ledger/openapi.yaml', 'openapi: 3.1.1\n');
    expect(await workspace.affected('HEAD')).toEqual(['ledger payments', 'ledger payments']);
  });

  test('a file of variables that lies elsewhere touches the service that names it', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({
      ...yamlWith('reports:\n', 'reports:\n    envFile: env/reports.env\n'),
      'env/reports.env': 'A=1\n',
    });
    await workspace.write('env/reports.env', 'A=2\n');
    expect(await workspace.affected('HEAD')).toEqual(['reports', 'reports']);
  });

  test('the file of API keys touches the gateway', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit(yamlWith('name: shop', 'name: shop\ngateway: { auth: { keysFile: secrets/keys.yaml } }'));
    await workspace.write('secrets/keys.yaml', 'keys: []\n');
    expect(await workspace.affected('HEAD')).toEqual(['', everything[1]]);
  });

  test('an msa.yaml that could not be read at the start touches everything', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({ 'msa.yaml': 'name: [' });
    await workspace.commit({ 'msa.yaml': deliveryYaml });
    expect(await workspace.affected('HEAD~1..')).toEqual(everything);
  });

  test('a workspace that was not there at the start is new as a whole', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.git('mv', 'msa.yaml', 'other.yaml');
    await workspace.commit();
    await workspace.git('mv', 'other.yaml', 'msa.yaml');
    await workspace.commit();
    expect(await workspace.affected('HEAD~1..HEAD')).toEqual(everything);
  });

  test('of a service inside the folder of another, both are touched', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit(yamlWith('  legacy:', '  inner:\n    path: services/users/inner\n  legacy:'));
    await workspace.write('services/users/inner/a', '');
    expect(await workspace.affected('HEAD')).toEqual(['users inner', 'users inner']);
  });

  test('a service whose folder is the workspace is touched by every file', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({ ...yamlWith('services/reports', '.'), 'openapi.json': '{}' });
    await workspace.write('anything', '');
    expect(await workspace.affected('HEAD')).toEqual(['reports', 'reports']);
  });

  test('callers in a circle each come once', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit(yamlWith('  ledger:\n', '  ledger:\n    calls: [orders]\n'));
    await workspace.write('services/ledger/a.py', '');
    expect(await workspace.affected('HEAD')).toEqual(['ledger payments', 'users ledger payments orders']);
  });
});

describe('ranges', () => {
  test('without one: from where the branch left the default branch, with what is not committed', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.git('switch', '--quiet', '--create', 'feature');
    await workspace.commit({ 'services/users/a.js': '' });
    await workspace.write('services/reports/a', '');
    await workspace.git('stash', '--quiet', '--include-untracked');
    await workspace.git('switch', '--quiet', 'main');
    await workspace.commit({ 'services/payments/a.go': '' });
    await workspace.git('switch', '--quiet', 'feature');
    await workspace.git('stash', 'pop', '--quiet');
    expect((await workspace.affected())[0]).toBe('users reports');
    expect((await workspace.affected('main...HEAD'))[0]).toBe('users');
    expect((await workspace.affected('main..HEAD'))[0]).toBe('users payments');
  });

  test('what stands on disk is not asked about a range of commits', async () => {
    await using workspace = await deliveryWorkspace();
    const second = await workspace.commit({ 'services/users/pom.xml': '' });
    await workspace.remove('services/users/package.json');
    const third = await workspace.commit({ ...yamlWith('  reports:', '  analyses:') });
    await workspace.write('msa.yaml', 'name: [');
    const run = await workspace.run('affected', `${workspace.first}..${second}`, '--format', 'names');
    expect(run).toMatchObject({ exitCode: 0, stdout: 'users\tnode\tservices/users\n' });
    expect((await workspace.affected(`${second}..${third}`))[0]).toBe('users analyses');
  });

  test('a first push has nothing before it', async () => {
    await using workspace = await deliveryWorkspace();
    const zeros = '0'.repeat(40);
    expect(await workspace.affected(`${zeros}..HEAD`)).toEqual(everything);
    expect(await workspace.affected(`${zeros}...HEAD`)).toEqual(everything);
    expect(await workspace.affected(zeros)).toEqual(everything);
  });

  test('a range that begins where it ends touches nothing', async () => {
    await using workspace = await deliveryWorkspace();
    const run = await workspace.run('affected', 'HEAD..HEAD');
    expect(run.stdout).toContain('0 of 6 services affected');
    expect(await workspace.affected('HEAD..HEAD')).toEqual(nothing);
  });

  test('in a repository without a commit everything is new', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.git('switch', '--quiet', '--orphan', 'fresh');
    for (const [path, text] of Object.entries(deliveryFiles)) await workspace.write(path, text);
    await workspace.git('branch', '--delete', '--force', 'main');
    expect(await workspace.affected()).toEqual(everything);
  });

  test.each(['nowhere', 'nowhere..HEAD', 'HEAD..nowhere', 'HEAD~5', '--output=x', `${'f'.repeat(40)}..HEAD`])(
    'one with a commit that is not there is refused: %s',
    async (range) => {
      await using workspace = await deliveryWorkspace();
      const run = await workspace.run('affected', '--json', '--', range);
      expect(run.exitCode).toBe(2);
      expect(run.json()).toMatchObject({
        error: { code: 'MSA_RANGE_UNKNOWN', hint: expect.stringContaining('fetch-depth: 0') },
      });
    },
  );

  test('none at all, as a script gives it whose variable is not set, is refused', async () => {
    await using workspace = await deliveryWorkspace();
    const run = await workspace.run('affected', '');
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('the range is empty (MSA_USAGE)') });
  });

  test('one that a shallow clone cannot tell is refused', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.git('switch', '--quiet', '--create', 'feature');
    await workspace.commit({ 'services/users/a.js': '' });
    await workspace.git('switch', '--quiet', 'main');
    const clone = workspace.beside('clone');
    const options = ['--quiet', '--depth=1', '--no-single-branch', '--branch=feature'];
    await git(workspace.root, 'clone', ...options, `file://${workspace.root}`, clone);
    const run = await runMsaWith({ env: { PATH: env['PATH'] } }, clone, 'affected', '--json');
    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ error: { code: 'MSA_RANGE_UNKNOWN' } });
  });

  test('without a default branch one has to be named', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.git('branch', '--move', 'trunk');
    const run = await workspace.run('affected', '--json');
    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ error: { code: 'MSA_RANGE_UNKNOWN', hint: expect.stringContaining('HEAD~1') } });
  });

  test('one beside --all is refused', async () => {
    await using workspace = await deliveryWorkspace();
    expect((await workspace.run('affected', 'HEAD', '--all')).exitCode).toBe(2);
  });
});

describe('a workspace without git', () => {
  test('is told how to get it, and of --all', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'msa.yaml'), deliveryYaml);
    const run = await runMsaWith({ env: { PATH: env['PATH'] } }, dir.path, 'affected', '--json');
    expect(run.exitCode).toBe(3);
    expect(run.json()).toMatchObject({
      error: { code: 'MSA_GIT_UNAVAILABLE', hint: expect.stringMatching(/git init.*--all/) },
    });
  });

  test('has everything with --all', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'msa.yaml'), deliveryYaml);
    const run = await runMsaWith({ env: { PATH: dir.path } }, dir.path, 'affected', '--all', '--json');
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ range: { from: null, to: null }, system: everything[1]?.split(' ') });
  });
});

describe('a workspace in a folder of its repository', () => {
  test('is touched by its own files, its pipelines at the root, and nothing else', async () => {
    await using workspace = await deliveryWorkspace('back end/shop');
    await workspace.write('frontend/package.json', '{}');
    expect(await workspace.affected('HEAD')).toEqual(nothing);
    await workspace.write('back end/shop/services/ledger/a.py', '');
    expect(await workspace.affected('HEAD')).toEqual(['ledger payments', 'ledger payments']);
    const second = await workspace.commit();
    expect(await workspace.affected(`${workspace.first}..${second}`)).toEqual(['ledger payments', 'ledger payments']);
    await workspace.write('.github/workflows/shop.yml', '');
    expect(await workspace.affected('HEAD')).toEqual(everything);
  });

  test('is found through a link', async () => {
    await using workspace = await deliveryWorkspace('shop');
    await using dir = await tempDir();
    await symlink(join(workspace.root, 'shop'), join(dir.path, 'link'));
    await workspace.write('shop/services/users/a.js', '');
    const path = { env: { PATH: env['PATH'] } };
    const run = await runMsaWith(path, join(dir.path, 'link'), 'affected', 'HEAD', '--format', 'names');
    expect(run).toMatchObject({ exitCode: 0, stdout: 'users\tnode\tservices/users\n' });
    await unlink(join(dir.path, 'link'));
  });
});

describe('formats', () => {
  test('text names the range, reasons and the system test', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.write('services/users/a.js', '');
    await workspace.write('services/users/b.js', '');
    await workspace.write('services/users/openapi.json', '{}');
    const { stdout } = await workspace.run('affected', 'HEAD');
    expect(stdout).toBe(
      [
        `2 of 6 services affected: what changed since ${workspace.first.slice(0, 10)}`,
        '',
        'SERVICE  STACK  BECAUSE OF',
        'users    node   services/users/openapi.json and 2 more',
        'orders   node   the contract of users',
        '',
        'System test: users, ledger, payments, orders',
        '',
      ].join('\n'),
    );
  });

  test('json is one object, the same with --json', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.write('services/ledger/a.py', '');
    const run = await workspace.run('affected', 'HEAD', '--format', 'json');
    expect(run.json()).toEqual({
      range: { from: workspace.first, to: null },
      services: [
        { name: 'ledger', path: 'services/ledger', stack: 'uv', reasons: ['services/ledger/a.py'] },
        { name: 'payments', path: 'services/payments', stack: 'go', reasons: ['ledger, which has no contract'] },
      ],
      system: ['ledger', 'payments'],
    });
    expect((await workspace.run('affected', 'HEAD', '--json')).json()).toEqual(run.json());
  });

  test('github has a matrix for each stack of the workspace, empty ones too', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.write('services/ledger/a.py', '');
    const { stdout } = await workspace.run('affected', 'HEAD', '--format', 'github');
    expect(stdout).toBe(
      [
        'check-node=[]',
        'check-uv=[{"service":"ledger","path":"services/ledger"}]',
        'check-go=[{"service":"payments","path":"services/payments"}]',
        'check-docker=[]',
        'services=[{"service":"ledger","path":"services/ledger","stack":"uv"},{"service":"payments","path":"services/payments","stack":"go"}]',
        'system=ledger payments',
        '',
      ].join('\n'),
    );
    const { stdout: none } = await workspace.run('affected', 'HEAD..HEAD', '--format', 'github');
    expect(none).toBe('check-node=[]\ncheck-uv=[]\ncheck-go=[]\ncheck-docker=[]\nservices=[]\nsystem=\n');
  });

  test('no file or folder, whatever it is called, makes another line or output', async () => {
    await using workspace = await deliveryWorkspace();
    const folder = 'services/a "b" c=d\r::set-output\t\u2028é';
    await workspace.commit({
      'msa.yaml': `${deliveryYaml}  odd:\n    path: ${JSON.stringify(folder)}\n`,
      [`${folder}/Dockerfile`]: '',
    });
    await workspace.write(`${folder}/evil\nadmin=true\nsystem<<EOF`, '');
    const { stdout } = await workspace.run('affected', 'HEAD', '--format', 'github');
    const lines = stdout.split(/[\n\r\u2028]/);
    expect(lines.map((line) => line.replace(/=.*/, ''))).toEqual([
      'check-node',
      'check-uv',
      'check-go',
      'check-docker',
      'services',
      'system',
      '',
    ]);
    expect(JSON.parse(lines[4]?.slice('services='.length) ?? '')).toEqual([
      { service: 'odd', path: folder, stack: 'docker' },
    ]);
    const names = await workspace.run('affected', 'HEAD', '--format', 'names');
    expect(names.stdout).toBe(`odd\tdocker\t${folder}\n`);
    const text = await workspace.run('affected', 'HEAD');
    expect(text.stdout.split('\n')).toHaveLength(7);
    const json = await workspace.run('affected', 'HEAD', '--json');
    expect(json.json()).toMatchObject({
      services: [{ reasons: [JSON.stringify(`${folder}/evil\nadmin=true\nsystem<<EOF`)] }],
    });
  });

  test('one that is unknown, and one beside --json, are refused', async () => {
    await using workspace = await deliveryWorkspace();
    const run = await workspace.run('affected', '--format', 'xml');
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('github');
    expect((await workspace.run('affected', '--format', 'names', '--json')).exitCode).toBe(2);
  });
});

test('an msa.yaml with problems is refused with their lines', async () => {
  await using workspace = await deliveryWorkspace();
  await workspace.write('msa.yaml', deliveryYaml.replace('calls: [ledger]', 'calls: [nobody]'));
  const run = await workspace.run('affected', 'HEAD', '--json');
  expect(run.exitCode).toBe(2);
  expect(run.json()).toMatchObject({ error: { code: 'MSA_WORKSPACE_INVALID' } });
});
