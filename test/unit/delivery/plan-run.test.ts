import { describe, expect, test } from 'vitest';

import { ciJobs, commandOf, planRun, type RunRequest } from '../../../src/delivery/ci/plan-run.ts';
import { runSuites } from '../../../src/delivery/ci/run-report.ts';

const request: RunRequest = {
  workspace: 'shop',
  jobs: ciJobs,
  services: [
    { name: 'users', path: 'services/users', stack: 'node', hasDockerfile: true },
    { name: 'mail', path: 'services/mail', stack: 'docker', hasDockerfile: true },
    { name: 'jobs', path: 'services/jobs', stack: 'go', hasDockerfile: false },
  ],
  system: ['users', 'mail', 'jobs'],
  chaos: ['users', 'orders'],
  range: 'main...HEAD',
  keep: false,
};

function planned(more: Partial<RunRequest> = {}): readonly string[] {
  return planRun({ ...request, ...more }).map(({ job, service = '-', steps }) =>
    [job, service, ...steps.map((step) => step.name)].join(' '),
  );
}

/** What takes each task back. */
function undone(keep: boolean): readonly (string | undefined)[] {
  return planRun({ ...request, keep }).map(({ undo }) => undo && commandOf(undo));
}

describe('what a pipeline runs here', () => {
  test('follows from what services are', () => {
    expect(planned()).toEqual([
      'check users install lint types test',
      'check jobs install lint types test',
      'image users build',
      'image mail build',
      'contract - compare',
      'system - up smoke chaos',
    ]);
  });

  test('is one job where one is asked for', () => {
    expect(planned({ jobs: ['image'] })).toEqual(['image users build', 'image mail build']);
  });

  test('is nothing where nothing is affected', () => {
    expect(planned({ services: [], system: [] })).toEqual([]);
  });

  test('is the system alone where only the gateway changed', () => {
    expect(planned({ services: [] })).toEqual(['system - up smoke chaos']);
  });

  test('kills only what runs', () => {
    expect(planned({ jobs: ['system'], chaos: ['orders'] })).toEqual(['system - up smoke']);
  });

  test('is taken back, unless it is to stay', () => {
    expect(undone(false).filter((command) => command !== undefined)).toEqual([
      'docker image rm --force msa-ci/shop-users',
      'docker image rm --force msa-ci/shop-mail',
      'msa down',
    ]);
    expect(undone(true).every((command) => command === undefined)).toBe(true);
  });
});

test('a report has a suite for each job that ran', () => {
  const suites = runSuites([
    { job: 'image', service: 'users', passed: true, durationMs: 5, reason: undefined, output: ['fine'] },
    { job: 'check', service: 'users', passed: false, durationMs: 7, reason: 'test: no', output: ['a', 'b'] },
    { job: 'system', service: undefined, passed: true, durationMs: 9, reason: undefined, output: [] },
  ]);
  expect(suites.map(({ name, cases }) => [name, ...cases.map((each) => each.name)])).toEqual([
    ['check', 'users'],
    ['image', 'users'],
    ['system', 'system'],
  ]);
  expect(suites[0]?.cases[0]).toMatchObject({
    className: 'check',
    durationMs: 7,
    outcome: { kind: 'failure', message: 'test: no', text: 'a\nb' },
  });
  expect(suites[1]?.cases[0]).not.toHaveProperty('outcome');
});
