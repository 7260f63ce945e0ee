import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { gitRepository } from '../support/git-repository.ts';
import { hasImageRegistry, imageRegistry } from '../support/image-registry.ts';
import { dockerWithoutScanner, leftRunning, pinPackedMsa, removeImages } from '../support/pipeline-shop.ts';
import { runBuiltMsa } from '../support/rest-template.ts';
import { runWorkflow } from '../support/run-workflow.ts';

const name = `wf${randomBytes(4).toString('hex')}`;

/** In Perl, which the smallest image brings: what is published is pushed, and with Node.js that takes half a minute. */
const server = `use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 64, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
  while (defined(my $line = <$client>)) { last if $line eq "\\r\\n" }
  print $client "HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\nconnection: close\\r\\n\\r\\nhello";
  close $client;
}
`;
const dockerfile = `FROM debian:trixie-slim
COPY server.pl /
USER 10001:10001
CMD ["perl", "/server.pl"]
`;

const workspace = (registry: string): Readonly<Record<string, string>> => ({
  'msa.yaml': `name: ${name}
gateway: { port: auto }
services:
  web:
    path: web
    health: tcp
    routes: [{ path: /web }]
  api:
    path: api
    health: tcp
delivery:
  registry: ${registry}/acme
  environments:
    staging:
      deploy: sh deploy.sh staging
    production:
      deploy: sh deploy.sh production
      strategy: canary
      weights: [20]
      analyse: sh analyse.sh
`,
  'deploy.sh': 'echo "$1 $MSA_ACTION $MSA_SERVICE $MSA_WEIGHT $MSA_IMAGE" >> "$TEST_RELEASES"\n',
  'analyse.sh': '[ "$(cat verdict)" = good ]\n',
  verdict: 'good\n',
  'package.json': '{ "private": true }\n',
  '.gitignore': 'node_modules/\n',
  'web/Dockerfile': dockerfile,
  'web/server.pl': server,
  'api/Dockerfile': dockerfile,
  'api/server.pl': server,
});

/** Asked for the last commit whose run was green, it names the one that the change starts from. */
const gh = (commit: string): string => `#!/bin/sh
case "$*" in "run list --workflow delivery.yml --event push --branch main --status success "*) echo ${commit} ;; *) exit 1 ;; esac
`;

/** The workflow for a commit on the main branch that changes one of two services, with a real registry. */
test.skipIf(!hasDocker || !hasImageRegistry)('a commit on the branch is published and released by digest', async () => {
  await using registry = await imageRegistry();
  await using repository = await gitRepository();
  for (const [path, text] of Object.entries(workspace(registry.host))) await repository.write(path, text);
  await runBuiltMsa(repository.root, 'new', 'workflow', 'github', '--yes');
  await pinPackedMsa(repository.root);
  const base = await repository.commit();
  const change = await repository.commit({ 'web/server.pl': `${server}# a change\n` });
  const releases = repository.beside('releases');
  try {
    const { succeeded, jobs, log, artifacts } = await runWorkflow({
      repository: repository.root,
      workflow: '.github/workflows/delivery.yml',
      event: { name: 'push', base },
      scratch: repository.beside('scratch'),
      programs: { docker: dockerWithoutScanner, gh: gh(base) },
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
