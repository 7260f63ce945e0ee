import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { dockerWithoutAttestations } from '../support/docker-without-attestations.ts';
import { gitRepository } from '../support/git-repository.ts';
import { hasImageRegistry, imageRegistry } from '../support/image-registry.ts';
import { npmThatInstallsOnce } from '../support/npm-that-installs-once.ts';
import { pinPackedMsa, removeImages } from '../support/pipeline-shop.ts';
import { releasedFiles, releasedServer } from '../support/release-workspace.ts';
import { runBuiltMsa } from '../support/rest-template.ts';
import { hasRsync, runGitlabJob, type JobRun } from '../support/run-gitlab.ts';

const name = `wf${randomBytes(4).toString('hex')}`;

/** The pipeline for a commit on the main branch that changes one of two services, with a real registry. */
test.skipIf(!hasDocker || !hasImageRegistry || !hasRsync)(
  'a commit on the branch is published, released by digest, and taken back',
  async () => {
    await using registry = await imageRegistry();
    await using repository = await gitRepository();
    for (const [path, text] of Object.entries(releasedFiles(name, registry.host))) await repository.write(path, text);
    await runBuiltMsa(repository.root, 'new', 'workflow', 'gitlab', '--yes');
    await pinPackedMsa(repository.root);
    const base = await repository.commit();
    const change = await repository.commit({ 'web/server.pl': `${releasedServer}# a change\n` });
    const releases = repository.beside('releases');
    const run = async (job: string, child?: JobRun, given?: JobRun): Promise<JobRun> => {
      const done = await runGitlabJob({
        repository: repository.root,
        pipeline:
          child === undefined ? { file: '.gitlab-ci.yml' } : { text: child.artifacts.get('affected.yml') ?? '' },
        job,
        variables: {
          CI_PIPELINE_SOURCE: 'push',
          CI_COMMIT_BRANCH: 'main',
          CI_COMMIT_BEFORE_SHA: base,
          CI_API_V4_URL: 'http://127.0.0.1:9/api/v4',
          REGISTRY_USERNAME: 'ada',
          REGISTRY_PASSWORD: 'secret $HOME',
          DOCKER_CONFIG: repository.beside('docker'),
          TEST_RELEASES: releases,
        },
        scratch: repository.beside('scratch'),
        ...(given === undefined ? {} : { given: given.artifacts }),
        programs: { docker: dockerWithoutAttestations, npm: npmThatInstallsOnce },
      });
      expect(done.succeeded, done.output).toBe(true);
      return done;
    };
    try {
      const changes = await run('changes');
      const publish = await run('publish web', changes);
      expect(publish.output).toContain('left out: --pull --provenance=mode=max --sbom=true');
      expect(publish.output).not.toContain('secret');
      const digest = publish.artifacts.get('images/web')?.trim() ?? '';
      const image = `${registry.host}/acme/web@${digest}`;
      await docker('pull', '--quiet', image);
      const staging = await run('deploy-staging', changes, publish);
      const production = await run('deploy-production', changes, staging);
      await run('rollback-production', changes, production);
      expect((await readFile(releases, 'utf8')).trim().split('\n')).toEqual([
        `staging deploy web 100 ${image}`,
        `production deploy web 20 ${image}`,
        `production deploy web 100 ${image}`,
        `production rollback web 0 ${image}`,
      ]);
    } finally {
      await removeImages(name, [base, change]);
    }
  },
);
