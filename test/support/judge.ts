import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { TestRunner } from 'vitest';

const folder = join(import.meta.dirname, '../../.judges');

/** Where `scripts/install-judges.js` puts each. */
const programs = {
  act: 'go/act',
  'action-validator': 'npm/node_modules/.bin/action-validator',
  actionlint: 'go/actionlint',
  'check-jsonschema': 'python/bin/check-jsonschema',
  'gitlab-ci-local': 'npm/node_modules/.bin/gitlab-ci-local',
  hadolint: 'python/bin/hadolint',
  'npm-groovy-lint': 'npm/node_modules/.bin/npm-groovy-lint',
  oasdiff: 'go/oasdiff',
  shellcheck: 'python/bin/shellcheck',
  yamllint: 'python/bin/yamllint',
  zizmor: 'python/bin/zizmor',
} as const;

export type JudgeName = keyof typeof programs;

/** The path of a judge. Where it is not installed the running test is skipped; in CI its absence is a failure. */
export function judge(name: JudgeName): string {
  const path = join(folder, programs[name]);
  if (existsSync(path)) return path;
  const reason = `${name} is not installed. Run: node scripts/install-judges.js`;
  const test = TestRunner.getCurrentTest();
  if (process.env['MSA_REQUIRE_JUDGES'] === '1' || test === undefined) throw new Error(reason);
  return test.context.skip(reason);
}
