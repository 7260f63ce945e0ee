import { expect, test } from 'vitest';

import { gitRepository } from '../../support/git-repository.ts';
import { hasRsync, runGitlabJob } from '../../support/run-gitlab.ts';
import { runMsa } from '../../support/run-msa.ts';

/** Blanks, quotes, what YAML, GitLab and shells expand, and what is no ASCII. */
const folder = `services/it's "so": $HOME \${PATH} $$ \`id\` # é`;

test.skipIf(!hasRsync)('a job runs in the folder of its service, whatever that is called', async () => {
  await using repository = await gitRepository();
  const script = `node -e "console.log('in ' + process.cwd())"`;
  await repository.commit({
    'msa.yaml': `name: odd\nservices:\n  odd:\n    path: ${JSON.stringify(folder)}\n`,
    [`${folder}/package.json`]: JSON.stringify({ name: 'odd', version: '1.0.0', scripts: { test: script } }),
    [`${folder}/package-lock.json`]: JSON.stringify({
      name: 'odd',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'odd', version: '1.0.0' } },
    }),
  });
  expect(await runMsa(repository.root, 'new', 'workflow', 'gitlab', '--yes')).toMatchObject({ exitCode: 0 });
  await repository.commit();
  const child = await runMsa(repository.root, 'affected', '--all', '--format', 'gitlab');
  const run = await runGitlabJob({
    repository: repository.root,
    pipeline: { text: child.stdout },
    job: 'check odd',
    variables: { CI_PIPELINE_SOURCE: 'push' },
    scratch: repository.beside('scratch'),
  });
  expect(run.succeeded, run.output).toBe(true);
  expect(run.output).toContain(`in ${run.folder}/${folder}\n`);
});
