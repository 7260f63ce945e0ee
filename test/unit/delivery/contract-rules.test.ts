import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rules } from '../../../src/delivery/contract/rules.ts';
import { announcesBreak } from '../../../src/delivery/contract/versions.ts';

test('docs/delivery.md lists every rule with what breaks it', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/delivery.md'), 'utf8');
  const rows = Object.entries(rules).map(([rule, when]) => `| \`${rule}\` | ${when} |`);
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

test.each([
  ['1.4.2', '2.0.0', true],
  ['1.4.2', 'v2', true],
  ['1.4.2', '1.5.0', false],
  ['2.0.0', '1.0.0', false],
  ['0.4.2', '0.5.0', true],
  ['0.4.2', '0.4.3', false],
  ['0.4.2', '1.0.0', true],
  ['9', '10', true],
  ['2026-01', '2026-02', false],
  ['', '1.0.0', false],
  [undefined, '1.0.0', false],
  ['1.0.0', 'next', false],
])('from %s to %s: a break is announced: %s', (from, to, expected) => {
  expect(announcesBreak(from, to)).toBe(expected);
});
