import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { openWorkspace, type OpenWorkspace } from '../../../../src/app/open-workspace.ts';
import { parseWishes, saveWishes } from '../../../../src/app/operate/scale.ts';
import { createFileStore } from '../../../../src/io/file-store/file-store.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const file = `name: shop
services:
  users: { path: users } # who
  orders:
    path: orders
    replicas: 2
`;

async function workspace(): Promise<{ readonly path: string; readonly opened: OpenWorkspace } & AsyncDisposable> {
  const dir = await tempDir();
  await writeFile(join(dir.path, 'msa.yaml'), file);
  return { ...dir, opened: await openWorkspace(createFileStore(), dir.path) };
}

describe('what is wished', () => {
  test('is read, none and many too', async () => {
    await using shop = await workspace();
    expect(parseWishes(['orders=3', 'users=0'], shop.opened)).toEqual([
      { service: 'orders', replicas: 3 },
      { service: 'users', replicas: 0 },
    ]);
  });

  test.each([
    [['orders'], '"orders" says no number', 'For example: msa scale orders=2'],
    [['orders='], '"" is no whole number from 0 to 50', 'For example: msa scale orders=2'],
    [['orders=-1'], '"-1" is no whole number', ''],
    [['orders=1.5'], '"1.5" is no whole number', ''],
    [['orders=2x'], '"2x" is no whole number', ''],
    [['orders=51'], '"51" is no whole number from 0 to 50', ''],
    [['order=2'], 'there is no service "order"', 'Did you mean orders?'],
    [['=2'], 'there is no service ""', ''],
    [['orders=2', 'users=1', 'orders=3'], 'orders is scaled twice', ''],
  ])('%j is refused', async (texts, message, hint) => {
    await using shop = await workspace();
    expect(() => parseWishes(texts, shop.opened)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) }),
    );
  });
});

test('what is saved changes nothing but the numbers', async () => {
  await using shop = await workspace();
  const save = () =>
    saveWishes(createFileStore(), shop.path, [
      { service: 'orders', replicas: 3 },
      { service: 'users', replicas: 0 },
    ]);
  expect(await save()).toBe(true);
  expect(await readFile(join(shop.path, 'msa.yaml'), 'utf8')).toBe(
    file.replace('replicas: 2', 'replicas: 3').replace('{ path: users }', '{ path: users, replicas: 0 }'),
  );
  expect(await save()).toBe(false);
});
