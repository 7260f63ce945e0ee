import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { actionPins, pinnedImage } from '../../../src/delivery/pins/pins.ts';
import { runMsa, type Run } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';

const { commit, version } = actionPins['actions/checkout'];

type Files = Readonly<Record<string, string>>;

/** The files of a workspace after `msa ci update` with these options. */
async function update(
  files: Files,
  ...options: readonly string[]
): Promise<{ readonly run: Run; readonly after: Files }> {
  await using folder = await tempDir();
  const all = { 'msa.yaml': 'name: shop\n', ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  const run = await runMsa(folder.path, 'ci', 'update', ...options);
  const read = async (path: string): Promise<readonly [string, string]> => [
    path,
    await readFile(join(folder.path, path), 'utf8'),
  ];
  return { run, after: Object.fromEntries(await Promise.all(Object.keys(files).map(read))) };
}

const before = {
  '.github/workflows/own.yaml':
    'on: push # mine\r\njobs:\r\n  a:\r\n    steps:\r\n      - uses: actions/checkout@v4 # the code\r\n',
  '.github/actions/build/action.yml': 'runs:\n  steps:\n    - uses: actions/checkout@v8\n',
  '.gitlab-ci.yml': 'scan:\n  image: anchore/grype:v0.90.0\n',
  '.gitlab/ci/scan.yml': 'scan:\n  image: { name: "anchore/grype:v0.90.0" }\n',
  Jenkinsfile: "sh 'docker run anchore/grype:v0.90.0' // anchore/grype:v0.90.0\n",
  'docs/ci.yml': 'uses: actions/checkout@v4\n',
};

const grype = pinnedImage('anchore/grype');
const after = {
  ...before,
  '.github/workflows/own.yaml': before['.github/workflows/own.yaml'].replace(
    'v4 # the code',
    `${commit} # ${version} the code`,
  ),
  '.gitlab-ci.yml': `scan:\n  image: ${grype}\n`,
  '.gitlab/ci/scan.yml': `scan:\n  image: { name: "${grype}" }\n`,
  Jenkinsfile: `sh 'docker run ${grype}' // anchore/grype:v0.90.0\n`,
};

test('moves pins wherever a pipeline is, and tells what stays', async () => {
  const updated = await update(before, '--json');
  expect(updated.run.exitCode).toBe(0);
  expect(updated.after).toEqual(after);
  expect(updated.run.stderr).toContain(
    `.github/actions/build/action.yml:3: actions/checkout stays at v8: newer than ${version}, which this msa knows`,
  );
  expect(updated.run.json()).toMatchObject({
    written: true,
    changes: [
      { path: '.github/workflows/own.yaml', reason: `actions/checkout v4 to ${version}` },
      { path: '.gitlab/ci/scan.yml' },
      { path: '.gitlab-ci.yml' },
      { path: 'Jenkinsfile' },
    ],
  });
  const again = await update(after);
  expect(again.after).toEqual(after);
  expect(again.run.stdout).toContain('Nothing moves in 5 files.');
});

test('shows with --dry-run what it would move', async () => {
  const { run, after: same } = await update(before, '--dry-run');
  expect(same).toEqual(before);
  expect(run.stdout).toContain(`update   .github/workflows/own.yaml  (actions/checkout v4 to ${version})`);
  expect(run.stdout).toContain('Nothing was written.');
});

test('says how to get a pipeline where there is none', async () => {
  const { run } = await update({});
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('there is no pipeline here whose pins could move');
  expect(run.stderr).toContain('msa new workflow github');
});
