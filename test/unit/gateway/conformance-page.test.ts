import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const page = readRepositoryFile('docs/gateway-conformance.md');
const files = new Map(
  [...page.matchAll(/`([\w-]+)` is\s+`(test\/[\w/.-]+)`/g)].map(([, short = '', path = '']) => [short, path]),
);
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:Rule|Feature|---)/.test(line));
const named = rows.map((row) => {
  const [, what = '', state = '', reference = ''] = row.split(/(?<!\\) ?\| ?/);
  const [, file = '', name = ''] = /^([\w-]+) › `(.+)`$/.exec(reference.trim()) ?? [];
  return { what, state, reference: reference.trim(), file, name };
});

function readRepositoryFile(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

test('the page has every rule in a row', () => {
  expect(files.size).toBeGreaterThan(5);
  expect(rows.length).toBeGreaterThan(50);
});

test.each(named.filter(({ state }) => !state.startsWith('not done')))('$what: its test exists', ({ file, name }) => {
  const path = files.get(file);
  expect(path, `${file} is a file`).toBeDefined();
  expect(readRepositoryFile(path ?? '').replaceAll("\\'", "'")).toContain(name);
});

test.each(named.filter(({ state }) => state.startsWith('not done')))('$what: it says why not', ({ state, name }) => {
  expect(state).toMatch(/^not done: .{20}/);
  // One that is named shows what there is instead.
  if (name !== '') expect(name.length).toBeGreaterThan(5);
});
