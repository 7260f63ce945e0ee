import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  actionlint,
  actionValidator,
  gitlabCiLocal,
  gitlabSchema,
  hadolint,
  npmGroovyLint,
  shellcheck,
  shellcheckText,
  yamllint,
  zizmor,
} from '../../support/judges.ts';
import { tempDir } from '../../support/temp-dir.ts';

// A judge that finds nothing proves nothing until it has found something: each sees a file that is right, and the same one with a
// single fault.

const workflow = `name: ci
on:
  pull_request:

permissions: {}

concurrency:
  group: ci-\${{ github.ref }}
  cancel-in-progress: true

jobs:
  check:
    name: check
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - name: Greet
        env:
          WHO: \${{ github.event.pull_request.title }}
        run: echo "Hello $WHO"
`;

const jenkinsfile = `pipeline {
    agent any
    stages {
        stage('Greet') {
            steps {
                sh 'echo hello'
            }
        }
    }
}
`;

const dockerfile = `FROM node:24-slim@sha256:${'0'.repeat(64)}
USER 10001:10001
HEALTHCHECK CMD ["node", "-e", "0"]
CMD ["node", "-e", "0"]
`;

const gitlab = `stages: [test]
greet:
  stage: test
  image: node:24-slim
  script:
    - echo hello
`;

type Files = Readonly<Record<string, string>>;

/** What a judge finds in these files, in a folder that is a git repository. */
async function findings(
  files: Files,
  judging: (paths: readonly string[], folder: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  await using folder = await tempDir();
  execFileSync('git', ['init', '--quiet', folder.path]);
  execFileSync('git', ['-C', folder.path, 'remote', 'add', 'origin', 'https://git.example.com/acme/shop.git']);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  }
  return await judging(
    Object.keys(files).map((name) => join(folder.path, name)),
    folder.path,
  );
}

const gitlabCiLocalIn = (_paths: readonly string[], folder: string) => gitlabCiLocal(folder);

const github = (text: string): Files => ({ '.github/workflows/ci.yml': text });

describe('actionlint', () => {
  test('finds a context that is not there, and nothing in a good workflow', async () => {
    expect(await findings(github(workflow), actionlint)).toEqual([]);
    const bad = workflow.replace('pull_request.title', 'pull_request.titel').replace('github.ref', 'github.reff');
    expect((await findings(github(bad), actionlint)).join('\n')).toContain('property "reff" is not defined');
  });

  test('asks shellcheck about scripts, with its optional checks', async () => {
    const unquoted = await findings(github(workflow.replace('"Hello $WHO"', 'Hello $WHO')), actionlint);
    expect(unquoted.join('\n')).toContain('SC2086');
    const masked = await findings(github(workflow.replace('"Hello $WHO"', '"$(hostname)"')), actionlint);
    expect(masked.join('\n')).toContain('SC2312');
  });
});

describe('zizmor', () => {
  test('finds an injection, and nothing in a good workflow', async () => {
    expect(await findings(github(workflow), zizmor)).toEqual([]);
    const bad = workflow.replace('$WHO', '${{ github.event.pull_request.title }}');
    expect((await findings(github(bad), zizmor)).join('\n')).toContain('template-injection');
  });

  test.each([
    ['regular', 'excessive-permissions', (text: string) => text.replace('permissions: {}', 'permissions: write-all')],
    ['pedantic', 'concurrency-limits', (text: string) => text.replace(/concurrency:\n.*\n.*\n/, '')],
    ['auditor', 'self-hosted-runner', (text: string) => text.replace('ubuntu-24.04', '[self-hosted, linux]')],
  ])('reports what the %s persona reports', async (_persona, audit, damage) => {
    expect((await findings(github(damage(workflow)), zizmor)).join('\n')).toContain(audit);
  });

  test('takes no comment as an excuse, and judges the file of Dependabot', async () => {
    const bad = workflow.replace('permissions: {}', 'permissions: write-all # zizmor: ignore[excessive-permissions]');
    expect((await findings(github(bad), zizmor)).join('\n')).toContain('excessive-permissions');
    const dependabot = `version: 2
updates:
  - package-ecosystem: npm
    directory: /
    schedule: { interval: weekly }
`;
    expect((await findings({ '.github/dependabot.yml': dependabot }, zizmor)).join('\n')).toContain(
      'dependabot-cooldown',
    );
  });
});

test('action-validator finds a key that is not there', async () => {
  expect(await findings(github(workflow), actionValidator)).toEqual([]);
  expect(await findings(github(workflow.replace('timeout-minutes', 'timeout')), actionValidator)).toHaveLength(1);
});

test('yamllint finds what is only a warning', async () => {
  expect(await findings(github(workflow), yamllint)).toEqual([]);
  const long = await findings(github(`${workflow}# ${'long '.repeat(30)}.\n`), yamllint);
  expect(long).toEqual([expect.stringContaining('(line-length)')]);
  const comment = await findings(github(`${workflow}#no space\n`), yamllint);
  expect(comment).toEqual([expect.stringContaining('(comments)')]);
});

describe('gitlab-ci-local', () => {
  test.each([
    ['an unknown key', `${gitlab}  tiemout: 5 minutes\n`, 'tiemout'],
    ['an unknown stage', gitlab.replace('stage: test', 'stage: tset'), 'tset'],
    ['a need of nothing', `${gitlab}  needs: [nothing]\n`, 'nothing'],
  ])('finds %s', async (_what, text, told) => {
    expect(await findings({ '.gitlab-ci.yml': gitlab }, gitlabCiLocalIn)).toEqual([]);
    expect((await findings({ '.gitlab-ci.yml': text }, gitlabCiLocalIn)).join('\n')).toContain(told);
  });
});

test('check-jsonschema finds a key that GitLab does not know, and nothing in a good pipeline', async () => {
  expect(await findings({ '.gitlab-ci.yml': gitlab }, gitlabSchema)).toEqual([]);
  const bad = { '.gitlab-ci.yml': `${gitlab}  interruptible: perhaps\n` };
  expect((await findings(bad, gitlabSchema)).join('\n')).toContain("'perhaps' is not of type 'boolean'");
});

test('npm-groovy-lint finds a hint and an error, and nothing in a good Jenkinsfile', async () => {
  const found = await findings(
    {
      'good/Jenkinsfile': jenkinsfile,
      'hint/Jenkinsfile': jenkinsfile.replace('                sh', '               sh'),
      'broken/Jenkinsfile': jenkinsfile.replace('agent any', 'agent any {'),
    },
    npmGroovyLint,
  );
  expect(found).toContainEqual(expect.stringMatching(/hint\/Jenkinsfile:6: info Indentation/));
  expect(found).toContainEqual(expect.stringMatching(/broken\/Jenkinsfile:\d+: error NglParseError/));
  expect(found.filter((finding) => finding.includes('good/'))).toEqual([]);
});

describe('hadolint', () => {
  test.each([
    ['a user by name', dockerfile.replace('10001:10001', 'node'), 'DL3066'],
    ['no health check', dockerfile.replace(/HEALTHCHECK.*\n/, ''), 'DL3057'],
    ['an excuse in a comment', `# hadolint ignore=DL3006\n${dockerfile.replace(/node:24.*/, 'node')}`, 'DL3006'],
  ])('finds %s', async (_what, text, rule) => {
    expect(await findings({ Dockerfile: dockerfile }, hadolint)).toEqual([]);
    expect((await findings({ Dockerfile: text }, hadolint)).join('\n')).toContain(rule);
  });
});

test('shellcheck applies its optional checks', async () => {
  expect(await findings({ 'good.sh': '#!/bin/sh\nset -eu\necho "$1"\n' }, shellcheck)).toEqual([]);
  expect((await findings({ 'bad.sh': '#!/bin/sh\ncase $1 in a) echo ;; esac\n' }, shellcheck)).join('\n')).toContain(
    'SC2249',
  );
  expect((await shellcheckText('echo $1', 'sh')).join('\n')).toContain('SC2086');
});
