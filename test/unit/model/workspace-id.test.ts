import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { workspaceId } from '../../../src/model/workspace-id.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('the identity of a workspace is its name and six digits that tell two checkouts apart', () => {
  expect(workspaceId('shop', '/home/a/shop', sha256)).toMatch(/^shop-[0-9a-f]{6}$/);
  expect(workspaceId('shop', '/home/a/shop', sha256)).not.toBe(workspaceId('shop', '/home/b/shop', sha256));
});
