import { describe, expect, test } from 'vitest';

import { readOutline, type Outline } from '../../../src/model/outline.ts';
import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import { deliveryYaml } from '../../support/delivery-workspace.ts';
import { workspaceTexts } from '../../support/workspace-texts.ts';

/** What the full reading says of the same things; undefined for a file with problems. */
function fullOutline(text: string): Outline | undefined {
  const parsed = parseWorkspace(text, { file: 'msa.yaml' });
  if (!parsed.ok) return undefined;
  const { services, gateway } = parsed.workspace;
  return {
    services: services.map(({ name, source, calls, envFile }) => ({ name, source, calls, envFile })),
    gateway: { keysFile: gateway.keysFile, tls: gateway.tls },
  };
}

function shopWith(yaml: string): string {
  return `name: shop\nservices:\n  users: { path: users }\n  orders: ${yaml}\n`;
}

describe('the outline', () => {
  test('of every valid workspace of the documentation and the tests is what the full reading says', () => {
    const valid = workspaceTexts().filter((text) => fullOutline(text) !== undefined);
    const read = valid.filter((text) => readOutline(text) !== undefined);
    for (const text of read) expect(readOutline(text), text).toEqual(fullOutline(text));
    expect(read.length).toBeGreaterThan(40);
    expect(read.length / valid.length).toBeGreaterThan(0.8);
  });

  test.each([
    deliveryYaml,
    shopWith('{ path: ./services//orders/, envFile: ./env/orders.env, calls: [users] }'),
    shopWith('{ image: nginx:1, calls: [{ service: users, timeout: 2s }] }'),
    `${shopWith('{ path: orders }')}gateway: { auth: { keysFile: ./keys.yaml } }\n`,
    `${shopWith('{ path: orders }')}gateway: { tls: auto }\n`,
    `${shopWith('{ path: orders }')}gateway: { tls: { cert: a.pem, key: b.pem } }\n`,
    'name: shop\n',
    'name: shop\nservices:\n',
    'name: shop\nservices: {}\n',
  ])('of %j is what the full reading says, or left to it', (text) => {
    const full = fullOutline(text);
    expect(full).toBeDefined();
    expect([undefined, full]).toContainEqual(readOutline(text));
  });

  test.each([
    shopWith('{}'),
    shopWith('x'),
    shopWith('[]'),
    shopWith('{ path: orders, image: x }'),
    shopWith('{ path: ../orders }'),
    shopWith('{ path: /orders }'),
    shopWith('{ path: users }'),
    shopWith('{ path: 1 }'),
    shopWith('{ path: orders, envFile: ../x }'),
    shopWith('{ path: orders, calls: users }'),
    shopWith('{ path: orders, calls: [nobody] }'),
    shopWith('{ path: orders, calls: [orders] }'),
    shopWith('{ path: orders, calls: [users, users] }'),
    shopWith('{ path: orders, calls: [1] }'),
    shopWith('{ path: orders, calls: [{ timeout: 1s }] }'),
    shopWith('{ path: orders }').replace('orders:', 'Orders:'),
    shopWith('{ path: orders }').replace('orders:', 'gateway:'),
    'name: shop\nservices: [a]\n',
    'name: shop\nservices: a\n',
    'name: shop\ngateway: a\n',
    'name: shop\ngateway: { auth: a }\n',
    'name: shop\ngateway: { auth: { keysFile: /a } }\n',
    'name: shop\nname: other\n',
    'a',
    '',
  ])('of %j, which has a problem where it looks, is left to the full reading', (text) => {
    expect(fullOutline(text)).toBeUndefined();
    expect(readOutline(text)).toBeUndefined();
  });
});
