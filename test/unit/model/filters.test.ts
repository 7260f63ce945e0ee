import { expect, test } from 'vitest';

import { findFilters } from '../../../src/model/find-filters.ts';
import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

const text = `name: shop
gateway:
  defaults:
    filters: [stamp]
services:
  users:
    path: users
    routes:
      - path: /users
      - path: /people
        filters: [{ filter: pick, timeout: 200ms, onFailure: pass, services: [users] }, stamp]
      - { path: /plain, filters: [] }
`;

test('a route has its own filters, or those of all public routes; an empty list is none', () => {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const stamp = { name: 'stamp', timeoutMs: 1000, onFailure: 'refuse', services: [] };
  const pick = { name: 'pick', timeoutMs: 200, onFailure: 'pass', services: ['users'] };
  const [users] = parsed.workspace.services;
  expect(users?.routes.map(({ policy }) => policy?.filters)).toEqual([[stamp], [pick, stamp], undefined]);
});

test('the places where a file names filters are found by line and column', () => {
  expect(findFilters(`\uFEFF${text}`)).toEqual([
    { name: 'stamp', line: 4, column: 15 },
    { name: 'pick', line: 11, column: 29 },
    { name: 'stamp', line: 11, column: 89 },
  ]);
  expect(findFilters('- no workspace')).toEqual([]);
  expect(findFilters('a: [')).toEqual([]);
});
