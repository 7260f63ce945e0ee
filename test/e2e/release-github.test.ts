import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { gitRepository } from '../support/git-repository.ts';
import { hasImageRegistry, imageRegistry } from '../support/image-registry.ts';
import { npmThatInstallsOnce } from '../support/npm-that-installs-once.ts';
import { dockerWithoutScanner, leftRunning, pinPackedMsa, removeImages } from '../support/pipeline-shop.ts';
import { releasedFiles, releasedServer } from '../support/release-workspace.ts';
import { runBuiltMsa } from '../support/rest-template.ts';
import { runWorkflow } from '../support/run-workflow.ts';

const name = `wf${randomBytes(4).toString('hex')}`;

/** Asked for the last commit whose run was green, it names the one that the change starts from; no run is newer, and none waits. */
const gh = (commit: string): string => `#!/bin/sh
case "$*" in
  "run list --workflow delivery.yml --event push --branch main --status success "*) echo ${commit} ;;
  "run list --repo "*" --workflow delivery.yml --branch main "*) ;;
  *) exit 1 ;;
esac
`;

/** The workflow for a commit on the main branch that changes one of two services, with a real registry. */
test.skipIf(!hasDocker || !hasImageRegistry)('a commit on the branch is published and released by digest', async () => {
  await using registry = await imageRegistry();
  await using repository = await gitRepository();
  for (const [path, text] of Object.entries(releasedFiles(name, registry.host))) await repository.write(path, text);
  await runBuiltMsa(repository.root, 'new', 'workflow', 'github', '--yes');
  await pinPackedMsa(repository.root);
  const base = await repository.commit();
  const change = await repository.commit({ 'web/server.pl': `${releasedServer}# a change\n` });
  const releases = repository.beside('releases');
  try {
    const { succeeded, jobs, log, artifacts } = await runWorkflow({
      repository: repository.root,
      workflow: '.github/workflows/delivery.yml',
      event: { name: 'push', base },
      scratch: repository.beside('scratch'),
      programs: { docker: dockerWithoutScanner, gh: gh(base), npm: npmThatInstallsOnce },
      variables: { TEST_RELEASES: releases },
    });
    expect(succeeded, log).toBe(true);
    expect([...jobs.keys()].toSorted(), log).toEqual([
      'changes',
      'contract',
      'deploy-production',
      'deploy-staging',
      'gate',
      'image web',
      'publish web',
      'system',
    ]);
    const digest = (await readFile(join(artifacts, 'image-web/web'), 'utf8')).trim();
    const image = `${registry.host}/acme/web@${digest}`;
    await docker('pull', '--quiet', image);
    expect((await readFile(releases, 'utf8')).trim().split('\n')).toEqual([
      `staging deploy web 100 ${image}`,
      `production deploy web 20 ${image}`,
      `production deploy web 100 ${image}`,
    ]);
    expect(await leftRunning(name)).toEqual([]);
  } finally {
    await removeImages(name, [base, change]);
  }
});
