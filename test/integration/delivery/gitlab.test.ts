import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { deliveryWorkspace, deliveryYaml } from '../../support/delivery-workspace.ts';
import { testWorkspace } from '../../support/workspace.ts';
import { everything, polyglotWorkspace } from './workspaces.ts';

interface Job {
  readonly extends: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly cache?: unknown;
}

/** The jobs of a child pipeline by name. */
function jobsOf(text: string): Readonly<Record<string, Job>> {
  const { include, ...jobs } = parse(text) as { readonly include: unknown } & Record<string, Job>;
  expect(include).toEqual([{ local: '/.gitlab/jobs.yml' }]);
  return jobs;
}

const delivery = `delivery:
  registry: registry.example.com/acme/shop
  environments:
    staging: { deploy: sh deploy.sh }
    production: { deploy: sh deploy.sh, approval: true }
`;

describe('msa new workflow gitlab', () => {
  test('writes what msa.yaml says of delivery', async () => {
    await using workspace = await polyglotWorkspace();
    expect(await workspace.run('new', 'workflow', 'gitlab', ...everything)).toMatchObject({ exitCode: 0 });
    const read = (path: string) => readFile(join(workspace.root, path), 'utf8');
    await expect(await read('.gitlab-ci.yml')).toMatchFileSnapshot('golden/gitlab/gitlab-ci.yml');
    await expect(await read('.gitlab/jobs.yml')).toMatchFileSnapshot('golden/gitlab/jobs.yml');
    await expect(await read('renovate.json')).toMatchFileSnapshot('golden/gitlab/renovate.json');
    await expect(await read('docs/delivery.md')).toMatchFileSnapshot('golden/gitlab/delivery.md');
    const child = await workspace.run('affected', '--all', '--format', 'gitlab', '--publish');
    expect(child).toMatchObject({ exitCode: 0 });
    await expect(child.stdout).toMatchFileSnapshot('golden/gitlab/affected.yml');
    expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
  });

  test('without a registry nothing is published or deployed', async () => {
    await using workspace = await polyglotWorkspace();
    await workspace.run('new', 'workflow', 'gitlab', '--yes');
    const jobs = await readFile(join(workspace.root, '.gitlab/jobs.yml'), 'utf8');
    await expect(jobs).toMatchFileSnapshot('golden/gitlab/jobs-checks-only.yml');
    const child = await workspace.run('affected', '--all', '--format', 'gitlab', '--publish');
    expect(Object.keys(jobsOf(child.stdout)).filter((name) => /^(?:publish|deploy|rollback)/.test(name))).toEqual([]);
  });
});

test('an environment is called what it is called, whatever that would be to a reader of YAML', async () => {
  await using workspace = await testWorkspace('--example', 'shop');
  const options = ['--registry', 'registry.example.com/acme/shop', '--environments', 'yes,null', '--deployment'];
  await workspace.done('new', 'workflow', 'gitlab', ...options);
  const jobs = parse(await workspace.read('.gitlab/jobs.yml'), { version: '1.1' }) as Readonly<
    Record<string, { readonly resource_group: unknown; readonly environment: { readonly name: unknown } }>
  >;
  for (const name of ['yes', 'null']) {
    expect(jobs[`.deploy-${name}`]).toMatchObject({ resource_group: name, environment: { name } });
    expect(jobs[`.rollback-${name}`]).toMatchObject({ resource_group: name, environment: { name } });
  }
});

test('says where an environment is reached, and waits for a person where one has to agree', async () => {
  await using workspace = await testWorkspace('--example', 'shop');
  const options = ['--registry', 'registry.example.com/acme/shop', '--environments', 'staging,production'];
  await workspace.done('new', 'workflow', 'gitlab', ...options, '--branch', 'release/1.x', '--delivery');
  await workspace.edit('msa.yaml', (text) =>
    text.replace('staging:\n', 'staging:\n      url: https://staging.example.com\n'),
  );
  await workspace.done('new', 'workflow', 'gitlab');
  const environments = async () => {
    const jobs = parse(await workspace.read('.gitlab/jobs.yml')) as Readonly<Record<string, object>>;
    return [jobs['.deploy-staging'], jobs['.deploy-production']];
  };
  expect(await environments()).toMatchObject([
    { environment: { name: 'staging', url: 'https://staging.example.com' }, resource_group: 'staging' },
    { environment: { name: 'production' }, when: 'manual', allow_failure: false },
  ]);
  expect((await environments())[0]).not.toHaveProperty('when');
  await workspace.done('new', 'workflow', 'gitlab', '--deployment');
  expect((await environments())[1]).not.toHaveProperty('when');
  const pipeline = await workspace.read('.gitlab-ci.yml');
  expect(pipeline).toContain('if: $CI_COMMIT_BRANCH == "release/1.x"');
  expect(pipeline).toContain('/jobs/artifacts/release%2F1.x/raw/');
});

test.each(['.gitlab-ci.yml', '.gitlab/jobs.yml'])('a %s that msa did not make is not touched', async (path) => {
  await using workspace = await testWorkspace('--example', 'shop');
  await workspace.write(path, 'mine: { script: [make] }\n');
  const before = await workspace.snapshot();
  const refused = await workspace.run('new', 'workflow', 'gitlab', '--yes');
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toContain(path);
  expect(refused.stderr).toContain('--force');
  expect(await workspace.snapshot()).toEqual(before);
  await workspace.done('new', 'workflow', 'gitlab', '--yes', '--force');
  expect(await workspace.read(path)).toContain('msa new workflow gitlab');
});

test('beside a pipeline for another system, what msa did not make is not touched either', async () => {
  await using workspace = await testWorkspace('--example', 'shop');
  await workspace.done('new', 'workflow', 'github', '--yes');
  await workspace.write('.gitlab-ci.yml', 'mine: { script: [make] }\n');
  const refused = await workspace.run('new', 'workflow', 'gitlab');
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(await workspace.read('.gitlab-ci.yml')).toBe('mine: { script: [make] }\n');
});

describe('msa affected --format gitlab', () => {
  test('has the jobs of the one service that was changed', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({ 'services/orders/app.js': '', 'msa.yaml': `${deliveryYaml}${delivery}` });
    const { stdout } = await workspace.run('affected', 'HEAD~1..HEAD', '--format', 'gitlab');
    const [from, to] = [await workspace.git('rev-parse', 'HEAD~1'), await workspace.git('rev-parse', 'HEAD')];
    const variables = { SERVICE: 'orders', SERVICE_PATH: 'services/orders' };
    expect(jobsOf(stdout)).toEqual({
      'check orders': {
        extends: '.check-node',
        variables,
        cache: { key: { prefix: 'check-orders', files: ['services/orders/package-lock.json'] } },
      },
      'image orders': { extends: '.image', variables, cache: { key: 'image-orders' } },
      contract: { extends: '.contract', variables: { RANGE: `${from}..${to}` } },
      system: { extends: '.system', variables: { SYSTEM: 'users ledger payments orders' } },
    });
  });

  test('on the branch that is delivered, publishes that service and deploys it', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({ 'services/reports/app.js': '', 'msa.yaml': `${deliveryYaml}${delivery}` });
    const { stdout } = await workspace.run('affected', 'HEAD~1..HEAD', '--format', 'gitlab', '--publish');
    expect(Object.keys(jobsOf(stdout))).toEqual([
      'image reports', // of a Dockerfile alone, nothing else can be checked
      'contract',
      'system',
      'publish reports',
      'deploy-staging',
      'deploy-production',
      'rollback-staging',
      'rollback-production',
    ]);
  });

  test('tries the system alone when only the gateway changed', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({ 'msa.yaml': `${deliveryYaml}gateway:\n  port: 9090\n${delivery}` });
    const { stdout } = await workspace.run('affected', 'HEAD~1..HEAD', '--format', 'gitlab', '--publish');
    expect(Object.keys(jobsOf(stdout))).toEqual(['system']);
  });

  test('is a pipeline too when nothing is touched: one without jobs is an error to GitLab', async () => {
    await using workspace = await deliveryWorkspace();
    const { stdout } = await workspace.run('affected', 'HEAD..HEAD', '--format', 'gitlab', '--publish');
    expect(jobsOf(stdout)).toEqual({ 'nothing to do': { extends: '.nothing' } });
    await expect(stdout).toMatchFileSnapshot('golden/gitlab/affected-nothing.yml');
  });

  test('compares no contracts when everything is taken as changed', async () => {
    await using workspace = await deliveryWorkspace();
    const { stdout } = await workspace.run('affected', '--all', '--format', 'gitlab');
    expect(jobsOf(stdout)).not.toHaveProperty('contract');
  });

  test('says paths as they are, whatever YAML, GitLab or a shell would make of them', async () => {
    await using workspace = await deliveryWorkspace();
    const paths = {
      quoted: `services/it's "so": - [a], {b} # c`,
      expanded: 'services/$HOME ${CI_JOB_TOKEN} $$ 100%',
      spelled: 'services/é\u2028\u0085\uFEFF\u{1F600}',
      truth: 'true',
      number: '0x10',
      anchor: '*here',
      on: 'no',
    };
    const entries = Object.entries(paths);
    const services = entries.map(([name, path]) => `  ${name}:\n    path: ${JSON.stringify(path)}\n`).join('');
    await workspace.commit({
      'msa.yaml': `name: odd\nservices:\n${services}`,
      ...Object.fromEntries(entries.map(([, path]) => [`${path}/package.json`, '{}'])),
    });
    const { stdout } = await workspace.run('affected', '--all', '--format', 'gitlab');
    const jobs = jobsOf(stdout);
    for (const [name, path] of entries) {
      expect(jobs[`check ${name}`]?.variables).toEqual({
        SERVICE: name,
        SERVICE_PATH: path.replaceAll('$', () => '$$'),
      });
    }
    expect(jobs['check expanded']?.cache).toEqual({ key: 'check-expanded' });
    await expect(stdout).toMatchFileSnapshot('golden/gitlab/affected-odd.yml');
  });

  test('keeps GitLab from putting a value in place of %NAME%', async () => {
    await using workspace = await deliveryWorkspace();
    await workspace.commit({
      'msa.yaml': 'name: odd\nservices:\n  percent:\n    path: services/%PATH% $HOME\n',
      'services/%PATH% $HOME/Dockerfile': '',
    });
    const { stdout } = await workspace.run('affected', '--all', '--format', 'gitlab');
    expect(jobsOf(stdout)['image percent']?.variables).toEqual({
      SERVICE: 'percent',
      SERVICE_PATH: { value: 'services/%PATH% $HOME', expand: false },
    });
  });

  test('--publish is refused for other formats', async () => {
    await using workspace = await deliveryWorkspace();
    const run = await workspace.run('affected', '--publish');
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain('msa affected --format gitlab --publish');
  });
});
