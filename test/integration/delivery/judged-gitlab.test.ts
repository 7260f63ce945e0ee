import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { gitRepository } from '../../support/git-repository.ts';
import { gitlabCiLocal, gitlabSchema, shellcheckText, yamllint } from '../../support/judges.ts';

// The golden files are what `msa new workflow gitlab` and `msa affected --format gitlab` write; gitlab.test.ts holds them to that.
const folder = join(import.meta.dirname, 'golden/gitlab');
const names = [
  'gitlab-ci.yml',
  'jobs.yml',
  'jobs-checks-only.yml',
  'affected.yml',
  'affected-nothing.yml',
  'affected-odd.yml',
] as const;
const files = names.map((name) => join(folder, name));

/** The files where GitLab looks for them, in a repository of its own. */
async function repository() {
  const created = await gitRepository();
  await mkdir(join(created.root, '.gitlab'));
  for (const name of names) {
    const place = name === 'jobs.yml' ? '.gitlab/jobs.yml' : name === 'gitlab-ci.yml' ? '.gitlab-ci.yml' : name;
    await copyFile(join(folder, name), join(created.root, place));
  }
  await created.commit();
  await created.git('remote', 'add', 'origin', 'https://gitlab.example.com/acme/shop.git');
  await created.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  await created.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  return created;
}

test('the schema of GitLab holds', async () => {
  expect(await gitlabSchema(files)).toEqual([]);
});

test('yamllint finds nothing', async () => {
  expect(await yamllint(files)).toEqual([]);
});

test.each(['.gitlab-ci.yml', 'affected.yml', 'affected-nothing.yml', 'affected-odd.yml'])(
  'gitlab-ci-local finds nothing in %s',
  async (file) => {
    await using repo = await repository();
    expect(await gitlabCiLocal(repo.root, file)).toEqual([]);
  },
);

/** Beside those of GitLab itself and those that a job declares: of the child pipeline, and set by people. */
const given = [
  'SERVICE',
  'SERVICE_PATH',
  'RANGE',
  'SYSTEM',
  'READ_API_TOKEN',
  'REGISTRY_USERNAME',
  'REGISTRY_PASSWORD',
];

/** As the runner joins them: what stands before the script is part of it, and what comes after is one of its own. */
function scriptsOf(jobs: Readonly<Record<string, Job>>): readonly (readonly [job: string, script: string])[] {
  return Object.entries(jobs).flatMap(([name, job]) => {
    const base = jobs[job.extends ?? ''] ?? {};
    const before = job.before_script ?? base.before_script ?? [];
    const variables = [...given, ...Object.keys({ ...base.variables, ...job.variables })];
    return [job.script === undefined ? [] : [...before, ...job.script], job.after_script ?? []]
      .filter((lines) => lines.length > 0)
      .map((lines) => [name, asScript(lines.join('\n'), variables)] as const);
  });
}

function asScript(text: string, variables: readonly string[]): string {
  const used = new Set(Array.from(text.matchAll(/\$\{?([A-Z]\w*)/g), ([, name = '']) => name));
  const set = [...used].filter((name) => name.startsWith('CI_') || variables.includes(name));
  return ['set -e', ...set.map((name) => `${name}=\${${name}-}`), text].join('\n');
}

describe('shellcheck, asked for every check, finds nothing in the scripts of', () => {
  test.each(names.slice(0, 3))('%s', async (name) => {
    const jobs = parse(await readFile(join(folder, name), 'utf8')) as Record<string, Job>;
    const scripts = scriptsOf(jobs);
    expect(scripts).not.toEqual([]);
    const found = await Promise.all(scripts.map(([, script]) => shellcheckText(script, 'sh')));
    expect(found.map((findings, index) => [scripts[index]?.[0], findings])).toEqual(scripts.map(([job]) => [job, []]));
  });
});

interface Job {
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly after_script?: readonly string[];
}
