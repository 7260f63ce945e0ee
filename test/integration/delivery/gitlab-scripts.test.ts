import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { tempDir } from '../../support/temp-dir.ts';
import { writePrograms } from '../../support/write-programs.ts';

// What the shell of .gitlab/jobs.yml decides: msa and docker are replaced by programs that write down how they were called. That the jobs
// do their work is shown by test/e2e/workflow-gitlab.test.ts and release-gitlab.test.ts.

interface Job {
  readonly script: readonly string[];
  readonly before_script: readonly string[];
  readonly after_script: readonly string[];
}

const golden = join(import.meta.dirname, 'golden/gitlab/jobs.yml');
const digest = `sha256:${'a'.repeat(64)}`;

/** Writes its arguments, and what it is told, to `calls`; ends with 1 where the test says so. */
const recorder = (name: string): string => `#!/bin/sh
echo "${name} $*" >> "$CALLS"
case "$*" in *--password-stdin*) echo "password: $(cat)" >> "$CALLS" ;; esac
for word in "$@"; do
  case "$word" in type=local,dest=*) mkdir -p .cache/buildx-new && echo "$CALLS" > .cache/buildx-new/layers ;; esac
done
case "$*" in 'info --format '*) echo "[[driver-type $IMAGE_STORE]]" ;; esac
case "$*" in *--metadata-file*) echo '{ "containerimage.digest": "${digest}" }' > metadata.json ;; esac
[ -z "$FAILING" ] || case "$*" in *"$FAILING"*) exit 1 ;; esac
[ -z "$KILLING" ] || case "$*" in *"$KILLING"*) kill -9 "$PPID" ;; esac
`;

/** A folder in which jobs are run one after the other, with the programs they call. */
async function checkout() {
  const dir = await tempDir();
  const recorders = Object.fromEntries(['msa', 'docker', 'npm'].map((name) => [name, recorder(name)]));
  const programs = await writePrograms(join(dir.path, 'node_modules/.bin'), recorders);
  const calls = join(dir.path, 'calls');
  return {
    run: async (job: string, part: 'script' | 'after_script', env: Readonly<Record<string, string>>) => {
      await writeFile(calls, '');
      const jobs = parse(await readFile(golden, 'utf8')) as Readonly<Record<string, Job>>;
      const script = jobs[job]?.[part].join('\n') ?? '';
      const PATH = `${programs}:${process.env['PATH']}`;
      const { exitCode } = await execa('sh', ['-ec', script], {
        cwd: dir.path,
        env: { ...env, PATH, CALLS: calls },
        reject: false,
      });
      return { exitCode, calls: (await readFile(calls, 'utf8')).trim().split('\n') };
    },
    read: (path: string) => readFile(join(dir.path, path), 'utf8'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

const login = (user: string): string => `docker login --username ${user} --password-stdin ghcr.io`;
const install = 'npm ci --ignore-scripts --no-audit --no-fund';
const up = 'msa up users cache --engine docker --timeout 10m';
const smoke = 'msa smoke users cache --junit reports/smoke.xml';
const logs = 'msa logs --tail 500';

describe('the system test', () => {
  test('kills instances of those services alone that run in it', async () => {
    await using job = await checkout();
    const { exitCode, calls } = await job.run('.system', 'script', { SYSTEM: 'users cache' });
    expect(exitCode).toBe(0);
    expect(calls).toEqual([install, up, smoke, 'msa chaos kill users --junit reports/chaos-users.xml']);
  });

  test.each([
    ['up', [install, up, logs]],
    ['smoke', [install, up, smoke, logs]],
  ])('keeps what the services said when `msa %s` fails, and fails', async (FAILING, expected) => {
    await using job = await checkout();
    const { exitCode, calls } = await job.run('.system', 'script', { SYSTEM: 'users cache', FAILING });
    expect(exitCode).toBe(1);
    expect(calls).toEqual(expected);
    expect(await job.read('reports/logs.txt')).toBe('');
  });
});

describe('the image', () => {
  const variables = { SERVICE_PATH: 'a "b" $c', IMAGE: 'shop/users:1' };
  const build = 'docker buildx build --load --tag shop/users:1';

  test('takes layers from the cache and leaves new ones there, with an engine that began with nothing', async () => {
    await using job = await checkout();
    const fresh = { ...variables, FRESH_ENGINE: 'true' };
    const to = '--cache-to type=local,dest=.cache/buildx-new,mode=max';
    expect((await job.run('.image', 'script', fresh)).calls[0]).toBe(`${build} ${to} ./a "b" $c`);
    expect((await job.run('.image', 'script', fresh)).calls[0]).toBe(
      `${build} ${to} --cache-from type=local,src=.cache/buildx ./a "b" $c`,
    );
    expect(await job.read('.cache/buildx/layers')).not.toBe('');
  });

  test('needs no cache with an engine that has layers of its own', async () => {
    await using job = await checkout();
    expect((await job.run('.image', 'script', variables)).calls[0]).toBe(`${build} ./a "b" $c`);
  });
});

describe('publishing', () => {
  const gitlab = { CI_REGISTRY_USER: 'gitlab-ci-token', CI_REGISTRY_PASSWORD: 'of-the-job' };
  const service = { SERVICE: 'users', SERVICE_PATH: 'services/users', IMAGE: 'ghcr.io/acme/shop/users' };

  test('logs in with what the project has set, and leaves the digest', async () => {
    await using job = await checkout();
    const own = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: 'own "secret"' };
    const { exitCode, calls } = await job.run('.publish', 'script', { ...service, ...gitlab, ...own });
    expect(exitCode).toBe(0);
    expect(calls.slice(0, 2)).toEqual([login('ada'), 'password: own "secret"']);
    expect(await job.read('images/users')).toBe(`${digest}\n`);
  });

  test('gives the password of the job to the registry of this GitLab, and to no other', async () => {
    await using job = await checkout();
    const ours = await job.run('.publish', 'script', { ...service, ...gitlab, CI_REGISTRY: 'ghcr.io' });
    expect(ours.calls.slice(0, 2)).toEqual([login('gitlab-ci-token'), 'password: of-the-job']);
    const other = await job.run('.publish', 'script', { ...service, ...gitlab, CI_REGISTRY: 'registry.gitlab.com' });
    expect(other).toEqual({ exitCode: 1, calls: [''] });
  });

  test.each([
    ['the builder that is there, where that can attest', 'io.containerd.snapshotter.v1', ''],
    ['a builder of its own, where it cannot', 'overlay2', ' --builder publish-42'],
  ])('takes %s', async (_what, IMAGE_STORE, builder) => {
    await using job = await checkout();
    const variables = { ...service, ...gitlab, CI_REGISTRY: 'ghcr.io', CI_JOB_ID: '42', IMAGE_STORE };
    const { calls } = await job.run('.publish', 'script', variables);
    const build = 'docker buildx build --push --no-cache --pull --provenance=mode=max --sbom=true';
    expect(calls.find((call) => call.startsWith(build))).toContain(`--metadata-file metadata.json${builder} --tag `);
    const create = 'docker buildx create --driver docker-container --name publish-42';
    expect(calls.includes(create)).toBe(builder !== '');
    const after = await job.run('.publish', 'after_script', variables);
    expect(after.calls).toContain('docker buildx rm publish-42');
  });

  test('fails where nothing was pushed', async () => {
    await using job = await checkout();
    const { exitCode } = await job.run('.publish', 'script', {
      ...service,
      REGISTRY_PASSWORD: 'secret',
      FAILING: 'build --push',
    });
    expect(exitCode).toBe(1);
  });
});

describe('a release', () => {
  const deploy = 'msa ci deploy production --images images';
  const rollback = `${deploy} --rollback`;

  test('that was broken off, by a person or a limit, is taken back', async () => {
    await using job = await checkout();
    // Ends the shell that runs the script, as the runner does.
    const broken = await job.run('.deploy-production', 'script', { KILLING: 'ci deploy' });
    expect(broken.exitCode).not.toBe(0);
    expect(broken.calls).toEqual([install, deploy]);
    expect((await job.run('.deploy-production', 'after_script', {})).calls).toEqual([rollback]);
  });

  test.each([
    ['is done', '', 0],
    ['has failed, and so has taken itself back', 'ci deploy', 1],
  ])('that %s stays as it is', async (_what, FAILING, exitCode) => {
    await using job = await checkout();
    expect(await job.run('.deploy-production', 'script', { FAILING })).toEqual({ exitCode, calls: [install, deploy] });
    expect((await job.run('.deploy-production', 'after_script', {})).calls).toEqual(['']);
  });
});
