import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { dockerWithoutAttestations } from '../support/docker-without-attestations.ts';
import { gitRepository } from '../support/git-repository.ts';
import { hasImageRegistry, imageRegistry } from '../support/image-registry.ts';
import { npmThatInstallsOnce } from '../support/npm-that-installs-once.ts';
import { pinPackedMsa, removeImages } from '../support/pipeline-shop.ts';
import { releasedFiles, releasedServer } from '../support/release-workspace.ts';
import { runBuiltMsa } from '../support/rest-template.ts';
import { jenkinsRunner } from '../support/run-jenkinsfile.ts';

const name = `wf${randomBytes(4).toString('hex')}`;

/** The pipeline for a commit on the main branch that changes one of two services, with a real registry. */
test.skipIf(!hasDocker || !hasImageRegistry)('a commit on the branch is published and released by digest', async () => {
  await using jenkins = await jenkinsRunner();
  await using registry = await imageRegistry();
  await using repository = await gitRepository();
  for (const [path, text] of Object.entries(releasedFiles(name, registry.host))) await repository.write(path, text);
  await runBuiltMsa(repository.root, 'new', 'workflow', 'jenkins', '--delivery', '--yes');
  await pinPackedMsa(repository.root);
  const base = await repository.commit();
  const change = await repository.commit({ 'web/server.pl': `${releasedServer}# a change\n` });
  const releases = repository.beside('releases');
  try {
    const { result, results, events, agent, artifacts, log } = await jenkins.run({
      repository: repository.root,
      branch: 'main',
      previous: { result: 'SUCCESS', variables: { COMMIT: base } },
      answer: 'approve',
      credentials: { registry: { username: 'ada', password: 'secret $HOME' } },
      variables: { TEST_RELEASES: releases },
      // test/e2e/workflow-jenkins.test.ts runs them.
      leaveOut: ['check', 'image', 'contract', 'system'],
      programs: { docker: dockerWithoutAttestations, npm: npmThatInstallsOnce },
      scratch: repository.beside('scratch'),
    });
    expect(result, log).toBe('SUCCESS');
    expect(results).toMatchObject({
      'publish / web': 'SUCCESS',
      'deploy staging': 'SUCCESS',
      'deploy production': 'SUCCESS',
    });
    expect(results).not.toHaveProperty('publish / api');
    expect(log).toContain('left out: --builder --pull --provenance=mode=max --sbom=true');
    expect(log).not.toContain('secret');
    const digest = (await readFile(join(artifacts, 'images/web'), 'utf8')).trim();
    const image = `${registry.host}/acme/web@${digest}`;
    await docker('pull', '--quiet', image);
    expect(events.filter(({ kind }) => kind === 'input')).toMatchObject([{ message: 'Deploy web to production?' }]);
    expect((await readFile(releases, 'utf8')).trim().split('\n')).toEqual([
      `staging deploy web 100 ${image}`,
      `production deploy web 20 ${image}`,
      `production deploy web 100 ${image}`,
    ]);
    // Where it was logged in.
    expect(await readdir(join(agent, 'main@tmp'))).not.toContain('docker');
  } finally {
    await removeImages(name, [base, change]);
  }
});
