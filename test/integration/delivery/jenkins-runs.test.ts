import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { gitRepository } from '../../support/git-repository.ts';
import { judge } from '../../support/judge.ts';
import {
  jenkinsRunner,
  type JenkinsRun,
  type JenkinsRunner,
  type JenkinsRunOptions,
} from '../../support/run-jenkinsfile.ts';
import { runMsa } from '../../support/run-msa.ts';

// What a generated Jenkinsfile does, run by run. msa is the real one, but for what needs Docker; npm and docker write down where and
// with what they are called. test/e2e/workflow-jenkins.test.ts runs one with the real ones.

/** What Groovy and shells would read something into; msa.yaml refuses backslashes. */
const odd = `services/it's "$HOME" \${x} ''' $(id); exit 1 # x`;
const bin = join(import.meta.dirname, '../../../bin/msa.js');

const msaYaml = `name: odd
services:
  orders:
    path: ${JSON.stringify(odd)}
    calls: [users]
  users:
    path: services/users
  site:
    path: services/site
delivery:
  pipelines: [jenkins]
  registry: registry.example.com/acme
  schedule: 0 3 * * 1
  environments:
    staging: { deploy: sh deploy.sh }
    production: { deploy: sh deploy/compose.sh, approval: true }
`;

/** A contract with these properties of what it answers. */
function openapi(properties: string): string {
  const schema = `{ "type": "object", "required": ["name"], "properties": ${properties} }`;
  const answer = `{ "200": { "description": "ok", "content": { "application/json": { "schema": ${schema} } } } }`;
  const paths = `{ "/users": { "get": { "responses": ${answer} } } }`;
  return `{ "openapi": "3.1.0", "info": { "title": "users", "version": "1" }, "paths": ${paths} }`;
}

const hook = `echo "$MSA_ACTION $MSA_IMAGE to $MSA_ENVIRONMENT at \${DEPLOY_HOST:-home}" >> "$RECORD"
if [ -f services/it*/slow ] && [ "$MSA_ACTION" = deploy ]; then echo 'it takes long'; sleep 60; fi
`;

const files: Readonly<Record<string, string>> = {
  'msa.yaml': msaYaml,
  'deploy.sh': hook,
  [`${odd}/package.json`]: '{}',
  [`${odd}/Dockerfile`]: '',
  'services/users/package.json': '{}',
  'services/users/openapi.json': openapi('{ "name": { "type": "string" }, "email": { "type": "string" } }'),
  'services/site/Dockerfile': '',
  'node_modules/.bin/msa': `#!/bin/sh
case "$1" in
  up | smoke | logs | down) echo "msa $*" >> "$RECORD" ;;
  *) exec node '${bin}' "$@" ;;
esac
`,
};

const programs = {
  npm: '#!/bin/sh\nset -eu\nif [ -f red ]; then exit 1; fi\necho "$PWD: npm $*" >> "$RECORD"\n',
  docker: `#!/bin/sh
set -eu
echo "$PWD: docker $*" >> "$RECORD"
case "$1 $2" in
  'buildx create') echo builder-of-one ;;
  'login --username') cat >> "$RECORD" && echo >> "$RECORD" ;;
esac
while [ $# -gt 0 ]; do
  if [ "$1" = --metadata-file ]; then
    printf '{ "containerimage.digest": "sha256:%064d" }' 1 > "$2"
  fi
  shift
done
`,
};

const credentials = {
  registry: { username: 'ada', password: 'the "password"' },
  'deploy-production-host': { text: 'deploy@production' },
  'deploy-production-known-hosts': { file: '/dev/null' },
  'deploy-production-key': { file: '/dev/null' },
};

let started: Promise<JenkinsRunner> | undefined;
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

/** One for all tests, each of which is skipped where there is no Groovy. */
function runner(): Promise<JenkinsRunner> {
  judge('npm-groovy-lint');
  return (started ??= jenkinsRunner());
}

type Run = JenkinsRun & {
  /** What was called: of npm and docker with the folder, of hooks with what they were given. */
  readonly calls: readonly string[];
};

/** A repository with a pipeline, and a way to run it; gone at the end of its `await using` scope. */
async function pipeline() {
  await runner();
  const repository = await gitRepository();
  for (const [path, text] of Object.entries(files)) await repository.write(path, text);
  await chmod(join(repository.root, 'node_modules/.bin/msa'), 0o755);
  const written = await runMsa(repository.root, 'new', 'workflow', 'jenkins');
  if (written.exitCode !== 0) throw new Error(written.stderr);
  await repository.write('deploy/compose.sh', hook);
  const first = await repository.commit();
  return {
    ...repository,
    first,
    run: async (options: Partial<JenkinsRunOptions> = {}): Promise<Run> => {
      const record = repository.beside('record');
      const jenkins = await runner();
      const run = await jenkins.run({
        repository: repository.root,
        branch: 'main',
        credentials,
        programs,
        scratch: repository.beside('run'),
        previous: { result: 'SUCCESS', variables: { COMMIT: first } },
        ...options,
        variables: { RECORD: record },
      });
      const calls = (await readFile(record, 'utf8').catch(() => '')).trim().split('\n');
      return {
        ...run,
        calls: calls.map((call) => call.replaceAll(`${run.agent}/`, '').replaceAll(/^([\w-]+)@\d/g, '$1')),
      };
    },
  };
}

const digest = `sha256:${'1'.padStart(64, '0')}`;
const image = `registry.example.com/acme/orders@${digest}`;
const hooksOf = ({ calls }: Run): readonly string[] => calls.filter((call) => /^(?:deploy|rollback) /.test(call));

describe('a run of the branch', { timeout: 240_000 }, () => {
  test('checks, builds and deploys what was changed since the last green one, and asks before production', async () => {
    await using repo = await pipeline();
    const red = await repo.commit({ [`${odd}/app.js`]: '' });
    const change = await repo.commit({ 'README.md': 'Read me' });
    const green = { result: 'SUCCESS', variables: { COMMIT: repo.first } };
    const byClock = { result: 'SUCCESS', variables: { COMMIT: red }, byClock: true, previous: green };
    const previous = { result: 'FAILURE', variables: { COMMIT: red }, previous: byClock };
    const run = await repo.run({ answer: 'approve', previous });
    expect(run.result, run.log).toBe('SUCCESS');
    expect(run.variables).toMatchObject({ RANGE: `${repo.first}..HEAD`, COMMIT: change, SYSTEM: 'users orders' });
    expect(run.results).toEqual({
      newest: 'SKIPPED',
      changes: 'SUCCESS',
      'verify / check / orders': 'SUCCESS',
      'verify / check': 'SUCCESS',
      'verify / image / orders': 'SUCCESS',
      'verify / image': 'SUCCESS',
      'verify / contract': 'SUCCESS',
      'verify / system': 'SUCCESS',
      verify: 'SUCCESS',
      'publish / orders': 'SUCCESS',
      publish: 'SUCCESS',
      'deploy staging': 'SUCCESS',
      'deploy production': 'SUCCESS',
    });
    expect(run.calls).toContain(`main/${odd}: npm run test --if-present`);
    expect(run.calls).toContain(`main/${odd}: docker buildx build --load --tag orders:${change}-1 .`);
    expect(run.calls).toContain('the "password"');
    expect(run.log).not.toContain('the "password"');
    expect(hooksOf(run)).toEqual([
      `deploy ${image} to staging at home`,
      `deploy ${image} to production at deploy@production`,
    ]);
    expect(run.events.filter(({ kind }) => kind === 'input')).toMatchObject([
      { place: 'deploy production', message: 'Deploy orders to production?', submitter: 'deployers' },
    ]);
    expect(run.events.filter(({ kind }) => kind === 'trigger')).toMatchObject([{ cron: '0 3 * * 1' }]);
    expect(await readFile(join(run.artifacts, 'images/orders'), 'utf8')).toBe(`${digest}\n`);
    expect(await readdir(run.agent)).not.toContain('main');
  });

  test('in which nothing was touched is green, with everything skipped', async () => {
    await using repo = await pipeline();
    await repo.commit({ 'README.md': 'Read me' });
    const { result, results, description, log } = await repo.run();
    expect(result, log).toBe('SUCCESS');
    expect(description).toBe('nothing to build');
    const { changes, verify, ...others } = results;
    expect([changes, verify]).toEqual(['SUCCESS', 'SUCCESS']);
    expect(new Set(Object.values(others))).toEqual(new Set(['SKIPPED']));
  });

  test('by the clock tries everything, and publishes nothing', async () => {
    await using repo = await pipeline();
    const { result, results, variables, log } = await repo.run({ byClock: true });
    expect(result, log).toBe('SUCCESS');
    expect(variables).toMatchObject({ RANGE: '--all', SYSTEM: 'users orders site' });
    expect(results).toMatchObject({
      'verify / check / users': 'SUCCESS',
      'verify / image / site': 'SUCCESS',
      'verify / contract': 'SKIPPED',
      'verify / system': 'SUCCESS',
      publish: 'SKIPPED',
      'deploy staging': 'SKIPPED',
    });
    // Nothing but a Dockerfile: there is nothing to check.
    expect(results).not.toHaveProperty('verify / check / site');
  });

  test('with one red service tries all others to the end, and publishes none', async () => {
    await using repo = await pipeline();
    await repo.commit({ 'services/users/red': '' });
    const { result, results, variables, log } = await repo.run({ parameters: { EVERYTHING: true } });
    expect(result, log).toBe('FAILURE');
    expect(variables).toMatchObject({ RANGE: '--all' });
    expect(results).toMatchObject({
      'verify / check / users': 'FAILURE',
      'verify / check / orders': 'SUCCESS',
      'verify / check': 'FAILURE',
      'verify / image': 'SUCCESS',
      'verify / system': 'SUCCESS',
      verify: 'FAILURE',
      publish: 'NOT REACHED',
      'deploy staging': 'NOT REACHED',
    });
  });

  test('waits for a person without an executor, and deploys nothing where nobody agrees', async () => {
    await using repo = await pipeline();
    await repo.commit({ [`${odd}/app.js`]: '' });
    const run = await repo.run();
    expect(run.result, run.log).toBe('ABORTED');
    expect(run.results).toMatchObject({ 'deploy staging': 'SUCCESS', 'deploy production': 'ABORTED' });
    expect(hooksOf(run)).toEqual([`deploy ${image} to staging at home`]);
  });

  test('that is ended while it deploys is taken back', async () => {
    await using repo = await pipeline();
    await repo.commit({ [`${odd}/slow`]: '' });
    const run = await repo.run({ abortAt: { label: 'deploy', output: 'it takes long' } });
    expect(run.result, run.log).toBe('ABORTED');
    expect(run.results).toMatchObject({ 'deploy staging': 'ABORTED', 'deploy production': 'NOT REACHED' });
    expect(hooksOf(run).at(0)).toBe(`deploy ${image} to staging at home`);
    expect(hooksOf(run).at(-1)).toBe(`rollback ${image} to staging at home`);
  });

  test('that a newer one has overtaken deploys nothing, and takes nothing back', async () => {
    await using repo = await pipeline();
    await repo.commit({ [`${odd}/app.js`]: '' });
    const run = await repo.run({ answer: 'approve', overtakenAt: 'production' });
    expect(run.result, run.log).toBe('ABORTED');
    expect(hooksOf(run)).toEqual([`deploy ${image} to staging at home`]);
  });
});

describe('a run of a change request', { timeout: 240_000 }, () => {
  test('falls when a contract breaks, and names the caller; nothing is published', async () => {
    await using repo = await pipeline();
    await repo.git('checkout', '--quiet', '-b', 'change');
    await repo.commit({ 'services/users/openapi.json': openapi('{ "name": { "type": "string" } }') });
    const run = await repo.run({ branch: 'change', target: 'main', number: 3 });
    expect(run.result, run.log).toBe('FAILURE');
    expect(run.variables['RANGE']).toBe(`${repo.first}..HEAD`);
    expect(run.log).toMatch(/the contract of users breaks callers/);
    expect(run.log).toMatch(/\[verify \/ contract\] .*orders/);
    expect(run.events.filter(({ kind }) => kind === 'junit')).toMatchObject([{ report: 'contract.xml', failures: 1 }]);
    expect(run.events.filter(({ kind }) => kind === 'milestone')).toMatchObject([{ ordinal: 2 }, { ordinal: 3 }]);
    expect(run.results).toMatchObject({
      newest: 'SUCCESS',
      'verify / check / orders': 'SUCCESS',
      'verify / image / users': 'SUCCESS',
      'verify / contract': 'FAILURE',
      'verify / system': 'SUCCESS',
      publish: 'NOT REACHED',
    });
    expect(run.events.filter(({ kind }) => kind === 'trigger')).toMatchObject([{ cron: '' }]);
  });
});
