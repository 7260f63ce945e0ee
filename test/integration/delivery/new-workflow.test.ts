import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import type { Prompter } from '../../../src/ports/prompter.ts';
import { runMsaWith } from '../../support/run-msa.ts';
import { testWorkspace } from '../../support/workspace.ts';
import { everything, polyglotWorkspace } from './workspaces.ts';

interface Dependabot {
  readonly updates: readonly { readonly 'package-ecosystem': string; readonly directories?: readonly string[] }[];
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly environment?: { readonly name: string } }>>;
}

const workflow = '.github/workflows/delivery.yml';

function scriptsIn(text: string): readonly string[] {
  return ['compose.sh', 'analyse.sh'].filter((name) => text.includes(name));
}

describe('msa new workflow github', () => {
  test('writes what msa.yaml says of delivery, and every file that follows from it', async () => {
    await using workspace = await polyglotWorkspace();
    const run = await workspace.run('new', 'workflow', 'github', ...everything);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stderr).toContain('production is analysed by asking it: give it its url');
    const read = (path: string) => readFile(join(workspace.root, path), 'utf8');
    expect((await read('msa.yaml')).split('delivery:')[1]).toBe(`
  pipelines: [github]
  registry: ghcr.io/acme/shop
  schedule: 0 3 * * 1
  chaos: [orders, users]
  environments:
    staging:
      deploy: sh deploy/compose.sh
    production:
      deploy: sh deploy/compose.sh
      strategy: canary
      analyse: sh deploy/analyse.sh
      approval: true
`);
    await expect(await read(workflow)).toMatchFileSnapshot('golden/github/delivery.yml');
    await expect(await read('.github/dependabot.yml')).toMatchFileSnapshot('golden/github/dependabot.yml');
    await expect(await read('docs/delivery.md')).toMatchFileSnapshot('golden/github/delivery.md');
    expect(await read('deploy/compose.sh')).toMatch(/^#!\/bin\/sh\n/);
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
  });

  test('says what is missing for the pipeline to have msa', async () => {
    await using workspace = await testWorkspace();
    const own = await workspace.done('new', 'workflow', 'github', '--dry-run');
    expect(own.stderr).toContain('run npm install once');
    await workspace.write('package.json', '{ "private": true }\n');
    const run = await workspace.done('new', 'workflow', 'github', '--dry-run');
    expect(run.stderr).toMatch(/pins none: npm install --save-dev --save-exact msa-cli@\d/);
  });

  test('a registry and hooks that are not ours have secrets and tokens of their own', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    const wanted = ['--registry=registry.example.com/shop', '--environments=test,live', '--delivery'];
    await workspace.done('new', 'workflow', 'github', ...wanted);
    // Nothing is said of a script that no environment names.
    expect(scriptsIn(await workspace.read('docs/delivery.md'))).toEqual(['compose.sh']);
    await workspace.edit('msa.yaml', (text) => text.replaceAll('deploy: sh deploy/compose.sh', 'deploy: ./ship it'));
    await workspace.done('upgrade');
    await expect(await workspace.read(workflow)).toMatchFileSnapshot('golden/github/delivery-other-registry.yml');
    const page = await workspace.read('docs/delivery.md');
    expect(scriptsIn(page)).toEqual([]);
    expect(page).toContain('gh secret set REGISTRY_PASSWORD --env publish');
    expect(page).not.toContain('set DEPLOY_');
  });

  test('a branch with a slash is one word of an address', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', '--yes', '--branch=release/1.0');
    expect(await workspace.read('docs/delivery.md')).toContain('branches/release%2F1.0/protection');
    expect(await workspace.read(workflow)).toContain('branches: ["release/1.0"]');
  });

  test('without a registry nothing is published or deployed', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', '--yes');
    await expect(await workspace.read(workflow)).toMatchFileSnapshot('golden/github/delivery-checks-only.yml');
    expect(Object.keys(await workspace.snapshot()).filter((path) => path.startsWith('deploy/'))).toEqual([]);
  });

  test('a workspace without services has a pipeline too', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'workflow', 'github', '--yes');
    expect(await workspace.read(workflow)).not.toContain('check-');
  });

  test('one switch makes deployment of delivery, and back', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', ...everything.slice(0, 3));
    expect(await workspace.read('msa.yaml')).toContain('approval: true');
    await workspace.done('new', 'workflow', 'github', '--deployment');
    expect(await workspace.read('msa.yaml')).toContain('approval: false');
    expect(await workspace.read('docs/delivery.md')).not.toContain('reviewers');
    await workspace.done('new', 'workflow', 'github', '--delivery', '--blue-green');
    expect(await workspace.read('docs/delivery.md')).toContain('reviewers');
    expect(await workspace.read('msa.yaml')).toContain('strategy: blue-green');
  });

  test('names and folders that YAML or a shell would read as something else are what they are', async () => {
    await using workspace = await testWorkspace();
    const folder = `services/it's "$HOME" #1: *`;
    await workspace.write(`${folder}/package.json`, '{}');
    await workspace.edit('msa.yaml', (text) =>
      text.replace('services: {}', `services:\n  "on": { path: ${JSON.stringify(folder)} }`),
    );
    const wanted = ['--registry=ghcr.io/acme/shop', '--environments=yes,null', '--chaos=on', '--deployment'];
    await workspace.done('new', 'workflow', 'github', ...wanted);
    const { updates } = parse(await workspace.read('.github/dependabot.yml')) as Dependabot;
    expect(updates.find((update) => update['package-ecosystem'] === 'docker')?.directories).toEqual([`/${folder}`]);
    const { jobs } = parse(await workspace.read(workflow)) as Workflow;
    expect(Object.keys(jobs)).toContain('deploy-null');
    expect(jobs['deploy-yes']?.environment).toEqual({ name: 'yes' });
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
  });

  test('on a terminal it asks what no option says, and only that', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    const asked: string[] = [];
    const prompter: Prompter = {
      text: async ({ flag, default: preset = '' }) => {
        asked.push(flag);
        return flag.startsWith('--registry') ? 'ghcr.io/acme/shop' : preset;
      },
      choose: async ({ flag }) => {
        asked.push(flag);
        return 'github' as never;
      },
      chooseMany: async ({ flag, choices }) => {
        asked.push(flag);
        return choices.slice(0, 1).map(({ value }) => value);
      },
      confirm: async ({ flag, default: preset }) => {
        asked.push(flag);
        return preset;
      },
    };
    const deps = { prompter };
    expect(await runMsaWith({ deps }, workspace.root, 'new', 'workflow')).toMatchObject({ exitCode: 0 });
    expect(asked).toEqual([
      'the provider: github, gitlab or jenkins',
      '--registry <registry>',
      '--environments <names>',
      '--chaos <services>',
      '--delivery or --deployment',
    ]);
    const written = (await workspace.read('msa.yaml')).split('delivery:')[1];
    expect(written).toContain('production:\n      deploy: sh deploy/compose.sh\n      approval: true');
    expect(written).toContain('chaos: [users]');
    asked.length = 0;
    await runMsaWith({ deps }, workspace.root, 'new', 'workflow', 'github', '--canary');
    expect(asked).toEqual([]);
  });

  test('with --dry-run nothing is written', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    const before = await workspace.snapshot();
    const run = await workspace.done('new', 'workflow', 'github', ...everything, '--dry-run');
    expect(run.stdout).toContain(`create   ${workflow}`);
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('edits by hand survive a second time, also where msa.yaml changes what is around them', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', '--yes');
    await workspace.edit(workflow, (text) => text.replace('timeout-minutes: 20', 'timeout-minutes: 45 # slow tests'));
    await workspace.done('new', 'workflow', 'github', '--registry', 'ghcr.io/acme/shop');
    const merged = await workspace.read(workflow);
    expect(merged).toContain('timeout-minutes: 45 # slow tests');
    expect(merged).toContain('publish:');
  });

  test('edits that meet what changes are marked, and the command fails', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', '--yes', '--schedule', '0 3 * * 1');
    await workspace.edit(workflow, (text) => text.replace('cron: "0 3 * * 1"', 'cron: "0 4 * * 1"'));
    const run = await workspace.run('new', 'workflow', 'github', '--schedule', '0 5 * * 1');
    expect(run).toMatchObject({ exitCode: 1 });
    expect(run.stderr).toContain('MSA_MERGE_CONFLICTS');
    expect(await workspace.read(workflow)).toMatch(/<<<<<<<[^]*0 4[^]*=======[^]*0 5[^]*>>>>>>>/);
  });

  test('a workflow of that name that msa did not make is not touched', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.write(workflow, 'name: mine\n');
    const before = await workspace.snapshot();
    const refused = await workspace.run('new', 'workflow', 'github', '--yes');
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('--force');
    expect(await workspace.snapshot()).toEqual(before);
    await workspace.done('new', 'workflow', 'github', '--yes', '--force');
    expect(await workspace.read(workflow)).toContain('name: delivery');
  });

  test('what else is there already stays as it is, and that is said', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.write('.github/dependabot.yml', 'version: 2\n');
    const run = await workspace.done('new', 'workflow', 'github', '--yes');
    expect(run.stderr).toContain('.github/dependabot.yml is there already and stays as it is');
    expect(await workspace.read('.github/dependabot.yml')).toBe('version: 2\n');
  });

  test('is refused in a part of a repository, where nothing would read it', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    execFileSync('git', ['init', '--quiet'], { cwd: join(workspace.root, '..') });
    const run = await workspace.run('new', 'workflow', 'github', '--yes');
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('is not the root of its repository');
  });

  test('is not refused at the root of a repository that a link leads to', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    execFileSync('git', ['init', '--quiet'], { cwd: workspace.root });
    const link = `${workspace.root}-link`;
    await symlink(workspace.root, link);
    const run = await runMsaWith({}, link, 'new', 'workflow', 'github', '--yes');
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(await workspace.read(workflow)).toContain('name: delivery');
  });

  test.each([
    [['circleci'], "cannot be 'circleci'", 'One of: github, gitlab, jenkins'],
    [['githab'], 'did you mean github?', 'One of'],
    [['github', '--delivery', '--deployment'], '--delivery and --deployment exclude each other', '--help'],
    [['github', '--canary', '--blue-green'], '--canary and --blue-green exclude each other', '--help'],
    [['github', '--canary'], 'means nothing without environments', '--environments staging,production'],
    [['github', '--deployment'], 'means nothing without environments', '--registry'],
    [['github', '--chaos', 'nobody'], 'There is no service `nobody` to kill.', 'orders'],
    [['github', '--schedule', '@daily'], 'must be five fields', '0 3 * * 1'],
    [['github', '--environments', 'prod'], 'names none', 'registry: ghcr.io'],
    [['github', '--registry', 'https://ghcr.io/acme'], 'must be without `https://`', 'ghcr.io/acme'],
    [['github', '--registry', 'ghcr.io/a', '--environments', 'Prod'], 'must begin with a lower-case letter', 'Prod'],
    [['github', '--branch', 'a b'], 'must be the name of a branch', 'main'],
    [[], 'the provider', 'github'],
  ])('%j is refused with the reason, and nothing is written', async (argv, reason, remedy) => {
    await using workspace = await testWorkspace('--example', 'shop');
    const before = await workspace.snapshot();
    const run = await workspace.run('new', 'workflow', ...argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(reason);
    expect(run.stderr).toContain(remedy);
    expect(await workspace.snapshot()).toEqual(before);
  });
});

describe('msa ci verify', () => {
  test('tells edits by hand, which are no failure unless it is strict', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', '--yes');
    await workspace.edit(workflow, (text) => `${text}# mine\n`);
    const run = await workspace.done('ci', 'verify', '--json');
    expect(run.json()).toEqual({
      pipelines: ['github'],
      differences: [{ path: workflow, kind: 'edited' }],
      current: true,
    });
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 1 });
  });

  test('fails when a file is gone, or msa.yaml says something else by now', async () => {
    await using workspace = await testWorkspace('--example', 'shop');
    await workspace.done('new', 'workflow', 'github', '--yes');
    await rename(join(workspace.root, workflow), join(workspace.root, 'elsewhere.yml'));
    await workspace.edit('msa.yaml', (text) => text.replace('delivery:', 'delivery:\n  branch: trunk'));
    const run = await workspace.run('ci', 'verify');
    expect(run).toMatchObject({ exitCode: 1 });
    expect(run.stderr).toContain(`${workflow} is missing`);
    expect(run.stderr).toContain('msa upgrade');
    await workspace.done('new', 'workflow', 'github', '--force');
    expect(await workspace.run('ci', 'verify')).toMatchObject({ exitCode: 0 });
  });

  test('a service of another kind, a renamed one and one that is gone are all told, and msa upgrade follows', async () => {
    await using workspace = await testWorkspace();
    for (const name of ['orders', 'users']) await workspace.done('new', 'service', name, '--yes');
    await workspace.done('new', 'workflow', 'github', '--yes');
    await rename(join(workspace.root, 'services/users'), join(workspace.root, 'services/members'));
    await workspace.edit('msa.yaml', (text) => text.replaceAll('users', 'members'));
    await mkdir(join(workspace.root, 'services/stock'));
    await writeFile(join(workspace.root, 'services/stock/go.mod'), 'module stock\n');
    await workspace.edit('msa.yaml', (text) =>
      text.replace('services:', 'services:\n  stock: { path: services/stock }'),
    );
    const outdated = await workspace.run('ci', 'verify', '--json');
    expect(outdated.exitCode).toBe(1);
    expect(outdated.stdout).toContain('"outdated"');
    await workspace.done('upgrade');
    expect(await workspace.read(workflow)).toContain('check-go:');
    expect(await workspace.read('.github/dependabot.yml')).toContain('/services/members');
    expect(await workspace.read('.github/dependabot.yml')).not.toContain('/services/users');
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
  });

  test('services that come and go through msa take the pipelines with them', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'workflow', 'github', '--yes');
    const coming = await workspace.done('new', 'service', 'orders', '--yes');
    expect(coming.exitCode).toBe(0);
    expect(await workspace.read(workflow)).toContain('check-node:');
    await workspace.write('services/stock/go.mod', 'module stock\n');
    await workspace.write('services/stock/Dockerfile', 'FROM debian:trixie-slim\n');
    await workspace.done('add', 'services/stock', '--command', './stock');
    expect(await workspace.read(workflow)).toContain('check-go:');
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
    await workspace.done('new', 'workflow', 'github', '--chaos', 'orders');
    await workspace.done('rm', 'service', 'orders', '--yes');
    expect(await workspace.read('msa.yaml')).not.toContain('orders');
    expect(await workspace.read(workflow)).not.toContain('check-node:');
    expect(await workspace.read(workflow)).not.toContain('chaos kill');
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
  });

  test('a workspace without pipelines says how to get one', async () => {
    await using workspace = await testWorkspace();
    const run = await workspace.run('ci', 'verify');
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('msa new workflow github');
  });
});
