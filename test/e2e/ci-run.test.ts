import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { git } from '../support/git-repository.ts';
import { tinyWorkspace, type TinyWorkspace } from '../support/tiny-workspace.ts';
import { waitUntil } from '../support/wait-until.ts';

/** orders calls users, both committed; the change is one of orders. Images are named after it: nobody else has its name. */
async function changedShop(kind: string) {
  const name = `${kind}-${randomBytes(4).toString('hex')}`;
  const shop = await tinyWorkspace({ users: {}, orders: { calls: ['users'], replicas: 2 } }, { name });
  await git(shop.root, 'init', '--quiet', '--initial-branch=main');
  await git(shop.root, 'add', '--all');
  await git(shop.root, 'commit', '--quiet', '--message', 'Begin');
  await shop.write('orders/version.txt', '2\n');
  return { ...shop, name, images: () => docker('image', 'ls', '--quiet', `msa-ci/${name}-*`) };
}

async function isUp(shop: TinyWorkspace): Promise<boolean> {
  const { stdout } = await shop.done('ps', '--json');
  return JSON.parse(stdout).instances.length > 0;
}

describe.skipIf(!hasDocker)('msa ci run image', () => {
  test('builds the image of what is affected, and removes it', async () => {
    await using shop = await changedShop('ci-image');
    const { stdout, stderr } = await shop.done('ci', 'run', 'image', '--range', 'HEAD');
    expect(stdout).toMatch(/^image +orders +passed/m);
    expect(stdout).not.toContain('users');
    expect(stderr).toContain(`--tag msa-ci/${shop.name}-orders .`);
    expect(await shop.images()).toBe('');
  });

  test('leaves it where it is wanted', async () => {
    await using shop = await changedShop('ci-keep');
    await shop.done('ci', 'run', 'image', '--range', 'HEAD', '--keep');
    expect(await shop.images()).not.toBe('');
    await docker('rmi', '--force', `msa-ci/${shop.name}-orders`);
  });

  test('fails with the builder\u2019s words, and leaves nothing', async () => {
    await using shop = await changedShop('ci-broken');
    await shop.write('orders/Dockerfile', 'FROM node:24-slim\nRUN echo no luck && exit 9\n');
    const { code, stdout, stderr } = await shop.run('ci', 'run', 'image', '--range', 'HEAD');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^image +orders +failed .*build: it ended with exit code 1/m);
    expect(stderr).toContain('no luck');
    expect(await shop.images()).toBe('');
  });
});

describe.each(['process', ...(hasDocker ? ['docker'] : [])])('msa ci run system (%s)', (engine) => {
  const declare = async (shop: TinyWorkspace, more = ''): Promise<void> => {
    const yaml = await readFile(shop.path('msa.yaml'), 'utf8');
    await shop.write('msa.yaml', `${yaml}engine: ${engine}\n${more}`);
  };

  test('starts what is affected, asks it, kills, and stops it', async () => {
    await using shop = await changedShop(`ci-system-${engine}`);
    await declare(shop, 'delivery: { chaos: [orders] }\n');
    const { stdout, stderr } = await shop.done('ci', 'run', 'system', '--all', '--junit', 'ci.xml');
    expect(stdout).toMatch(/^system +passed/m);
    expect(stderr).toContain('system | $ msa smoke users orders');
    expect(stderr).toContain('system | $ msa chaos kill orders');
    expect(await readFile(shop.path('ci.xml'), 'utf8')).toContain('<testsuite name="system" tests="1" failures="0"');
    expect(await isUp(shop)).toBe(false);
  });

  test('says which part failed, and stops the system', async () => {
    await using shop = await changedShop(`ci-failing-${engine}`);
    await declare(shop);
    await shop.write('orders/server.cjs', 'process.exit(7);\n');
    const { code, stdout } = await shop.run('ci', 'run', 'system', '--service', 'orders');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^system +failed .* up: /m);
    expect(await isUp(shop)).toBe(false);
  });

  test('does not touch a system that runs already', async () => {
    await using shop = await changedShop(`ci-running-${engine}`);
    await declare(shop);
    await shop.done('up', 'users');
    const { code, stderr } = await shop.run('ci', 'run', 'system', '--all');
    expect(code).toBe(3);
    expect(stderr).toContain('runs already');
    expect(await isUp(shop)).toBe(true);
  });

  test('is stopped by Ctrl-C, and nothing is left', async () => {
    await using shop = await changedShop(`ci-stopped-${engine}`);
    await declare(shop, 'delivery: { chaos: [orders] }\n');
    const running = shop.start('ci', 'run', 'system', '--all');
    await waitUntil('the kill', async () => running.stderr().includes('$ msa chaos kill'), 120_000);
    await sleep(500);
    running.child.kill('SIGINT');
    const { code } = await running.ended;
    expect(code).toBe(130);
    expect(await isUp(shop)).toBe(false);
  });
});
