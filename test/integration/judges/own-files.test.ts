import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { actionPins } from '../../../src/delivery/pins/pins.ts';
import { actionlint, actionValidator, shellcheck, yamllint, zizmor } from '../../support/judges.ts';

// The project's own pipelines are held to what it generates for others.

const root = join(import.meta.dirname, '../../..');
const workflows = ['ci', 'release'].map((name) => join(root, `.github/workflows/${name}.yml`));
const dependabot = join(root, '.github/dependabot.yml');

test.each([
  ['actionlint', actionlint, workflows],
  ['zizmor', zizmor, [...workflows, dependabot]],
  ['action-validator', actionValidator, workflows],
  ['yamllint', yamllint, [...workflows, dependabot]],
  ['shellcheck', shellcheck, [join(root, '.ci/run'), join(root, '.ci/packages')]],
])('%s finds nothing in the files of the project', async (_judge, judging, files) => {
  expect(await judging(files)).toEqual([]);
});

test('its workflows use the actions that we give to others, at the same commits', () => {
  const pins: ReadonlyMap<string, { readonly commit: string; readonly version: string }> = new Map(
    Object.entries(actionPins),
  );
  const uses = workflows.flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(/uses: (\S+)@(\S+) # (\S+)/g), ([, name = '', commit, version]) => ({
      name,
      commit,
      version,
    })),
  );
  expect(uses.length).toBeGreaterThan(10);
  for (const { name, commit, version } of uses) expect({ commit, version }, name).toEqual(pins.get(name));
});
