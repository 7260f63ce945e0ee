import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { everything, polyglotWorkspace } from './workspaces.ts';

test('msa new workflow jenkins writes what msa.yaml says of delivery', async () => {
  await using workspace = await polyglotWorkspace();
  expect(await workspace.run('new', 'workflow', 'jenkins', ...everything)).toMatchObject({ exitCode: 0 });
  const read = (path: string) => readFile(join(workspace.root, path), 'utf8');
  await expect(await read('Jenkinsfile')).toMatchFileSnapshot('golden/jenkins/Jenkinsfile');
  await expect(await read('renovate.json')).toMatchFileSnapshot('golden/jenkins/renovate.json');
  await expect(await read('docs/delivery.md')).toMatchFileSnapshot('golden/jenkins/delivery.md');
  expect(await workspace.run('ci', 'verify', '--strict')).toMatchObject({ exitCode: 0 });
});

test('without a registry nothing is published or deployed', async () => {
  await using workspace = await polyglotWorkspace();
  await workspace.run('new', 'workflow', 'jenkins', '--schedule', '30 2 * * *', '--yes');
  const jenkinsfile = await readFile(join(workspace.root, 'Jenkinsfile'), 'utf8');
  await expect(jenkinsfile).toMatchFileSnapshot('golden/jenkins/Jenkinsfile-checks-only');
  expect(jenkinsfile).not.toMatch(/withCredentials|stash|lock\(|input\(/);
});
