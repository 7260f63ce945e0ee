import { expect, it } from 'vitest';

import { stackOf } from '../../../src/delivery/stacks.ts';

it.each([
  ['node', ['package.json']],
  ['node', ['package.json', 'package-lock.json', 'yarn.lock']],
  ['pnpm', ['package.json', 'pnpm-lock.yaml']],
  ['yarn', ['package.json', 'yarn.lock']],
  ['uv', ['pyproject.toml', 'uv.lock', 'requirements.txt']],
  ['pip', ['requirements.txt']],
  ['docker', ['pyproject.toml', 'Dockerfile']],
  ['docker', []],
])('tells %s by %j', (id, names) => {
  expect(stackOf(new Set(names)).id).toBe(id);
});
