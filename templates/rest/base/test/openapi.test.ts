import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { describeApi } from '../src/openapi.ts';
import { resource, service } from '../src/service.ts';

test('openapi.json is what the declaration says', async () => {
  const expected = `${JSON.stringify(describeApi(resource, service), null, 2)}\n`;
  const written = await readFile(new URL('../openapi.json', import.meta.url), 'utf8').catch(() => '');
  assert.ok(written === expected, 'openapi.json is not up to date: run `npm run openapi`');
});

test('every reference in the contract leads to something', () => {
  const document = describeApi(resource, service);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
  assert.ok(references.length > 0);
  for (const reference of references) {
    const target = reference
      .split('/')
      .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], document);
    assert.ok(target, reference);
  }
});
