import { expect, test } from 'vitest';

import { gitRepository } from '../../support/git-repository.ts';
import { jenkinsRunner } from '../../support/run-jenkinsfile.ts';

// What the runs of generated Jenkinsfiles rely on: that what goes wrong there goes wrong here.

const stage = (name: string, step: string): string => `stage('${name}') { steps { ${step} } }`;

test('a step that the runner does not know fails, and so does asking a person while an executor is held', async () => {
  await using jenkins = await jenkinsRunner();
  await using repository = await gitRepository();
  await repository.commit({
    Jenkinsfile: `pipeline {
  agent none
  stages { stage('all') { parallel {
    ${stage('unknown', "slackSend('done')")}
    ${stage('held', "script { node('docker') { input(message: 'Deploy?') } }")}
    ${stage('failing', "script { node('docker') { sh(label: 'no', script: 'exit 3') } }")}
    ${stage('fine', "script { node('docker') { sh(label: 'yes', script: 'true') } }")}
  } } }
}`,
  });
  const run = await jenkins.run({
    repository: repository.root,
    branch: 'main',
    answer: 'approve',
    scratch: repository.beside('run'),
  });
  expect(run.result, run.log).toBe('FAILURE');
  expect(run.results).toEqual({
    'all / unknown': 'FAILURE',
    'all / held': 'FAILURE',
    'all / failing': 'FAILURE',
    'all / fine': 'SUCCESS',
    all: 'FAILURE',
  });
  expect(run.log).toMatch(/No signature of method: \S*slackSend/);
  expect(run.log).toContain('a person is asked while an executor or a lock is held');
  expect(run.log).toContain('script returned exit code 3');
}, 240_000);
