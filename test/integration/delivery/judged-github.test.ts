import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { actionlint, actionValidator, yamllint, zizmor } from '../../support/judges.ts';

// The golden files are what `msa new workflow github` writes; new-workflow.test.ts holds them to that.
const folder = join(import.meta.dirname, 'golden/github');

async function workflows(): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.startsWith('delivery') && name.endsWith('.yml')).map((name) => join(folder, name));
}

test('actionlint, with every check of shellcheck, finds nothing', async () => {
  expect(await actionlint(await workflows())).toEqual([]);
});

test('zizmor finds nothing, asked as an auditor', async () => {
  expect(await zizmor([...(await workflows()), join(folder, 'dependabot.yml')])).toEqual([]);
});

test('yamllint finds nothing', async () => {
  expect(await yamllint([...(await workflows()), join(folder, 'dependabot.yml')])).toEqual([]);
});

test('action-validator finds nothing but a permission that its schema is too old to know', async () => {
  const findings = await actionValidator(await workflows());
  const details = findings.flatMap((finding) =>
    Array.from(finding.matchAll(/"detail": "([^"]*)"/g), ([, text]) => text),
  );
  expect(new Set(details.filter((text) => text?.startsWith('Additional property')))).toEqual(
    // The first is the finding; with it the job fits neither of the two forms a job can have, and the rest follows.
    new Set([
      "Additional property 'attestations' is not allowed",
      "Additional property 'environment' is not allowed",
      "Additional property 'runs-on' is not allowed",
      "Additional property 'steps' is not allowed",
      "Additional property 'timeout-minutes' is not allowed",
    ]),
  );
});
