import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const tests = join(root, 'test/integration/gateway');

test('every trap of docs/gateway-traps.md has tests that are named after it', () => {
  const page = readFileSync(join(root, 'docs/gateway-traps.md'), 'utf8');
  const traps = Array.from(page.matchAll(/^\| (T\d+) /gm), ([, trap = '']) => trap);
  const sources = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(tests, file), 'utf8'));
  const named = new Set(
    sources.flatMap((source) =>
      Array.from(source.matchAll(/['"`]((?:T\d+, )*T\d+): /g), ([, list = '']) => list.split(', ')).flat(),
    ),
  );
  expect(traps.length).toBeGreaterThan(30);
  expect(traps.filter((trap) => !named.has(trap))).toEqual([]);
});
