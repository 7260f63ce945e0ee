import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { docker, startContainer } from './docker.ts';
import { expectNoLostUpdate, expectNothingLostByKill, expectSingleEffect } from './hammer.ts';
import { startService } from './service-process.ts';
import { tempDir } from './temp-dir.ts';
import { walk, type Walk } from './walk.ts';

const run = promisify(execFile);
const msa = join(import.meta.dirname, '../../bin/msa.js');
const fields =
  'item:string qty:int price:number? paid:boolean due:date? at:datetime? ref:uuid? mail:email? site:url? note:text? tags:string[]? size:enum(s|m|l)';

interface Variant {
  readonly name: string;
  readonly states: string;
  readonly expected: Walk;
}

const branching: Variant = {
  name: 'branching',
  states: 'created>paid>shipped, created>cancelled',
  expected: {
    transitions: ['created -cancel> cancelled', 'created -pay> paid', 'paid -ship> shipped'],
    deletable: ['cancelled', 'shipped'],
    editable: ['created', 'paid'],
  },
};

/** The shapes of a life: none at all, one that ends in several ways, one that goes in circles. */
const variants: readonly Variant[] = [
  { name: 'stateless', states: '', expected: { transitions: [], deletable: ['stateless'], editable: ['stateless'] } },
  branching,
  {
    name: 'circular',
    states: 'draft>in-review:submit>published, in-review>draft:reject',
    expected: {
      transitions: ['draft -submit> in-review', 'in-review -publish> published', 'in-review -reject> draft'],
      deletable: ['published'],
      editable: ['draft', 'in-review'],
    },
  },
];

interface StoreUnderTest {
  readonly store: 'memory' | 'redis' | 'postgres';
  /** The variable with its address, as a process on this machine sees it; empty for memory. */
  readonly env: () => Readonly<Record<string, string>>;
  /** The same for a container, with the options that let it reach the store; undefined without Docker. */
  readonly container: (() => { readonly options: readonly string[] }) | undefined;
}

/**
 * Generates, builds and drives a service for every shape of states, on one store. What its own checks and tests find depends on the
 * shape or on the store: every shape passes them in memory, and every store with one shape.
 */
export function testRestTemplate({ store, env, container }: StoreUnderTest): void {
  const withOwnTests = store === 'memory' ? variants : [branching];
  test.each(withOwnTests)(`a $name service on ${store} passes its own checks and tests`, async ({ states }) => {
    await using workspace = await generated({ store, states });
    await npm(workspace.folder, ['run', 'types']);
    await npm(workspace.folder, ['test'], env());
  });

  test.each(variants)(
    `a $name service on ${store} is built and can be walked by links`,
    async ({ states, expected }) => {
      await using workspace = await generated({ store, states });
      const { folder } = workspace;
      await npm(folder, ['run', 'build']);
      await using service = await startService(folder, env());
      expect(await walk(service.url)).toEqual(expected);
      expect(await service.stop()).toBe(0);
    },
  );

  if (store !== 'memory') testSharedStore({ store, env });
  if (container === undefined) return;
  test(`its image on ${store} builds and serves without msa`, async () => {
    await using workspace = await generated({ store, states: branching.states });
    const image = `msa-test-${randomBytes(6).toString('hex')}`;
    await docker('build', '--quiet', '--tag', image, workspace.folder);
    try {
      const options = ['--read-only', '--cap-drop=ALL', '--publish', '127.0.0.1::3000', ...container().options];
      await using instance = await startContainer(image, options);
      const url = `http://${await instance.address(3000)}`;
      await expectHealthy(instance.id);
      expect(await walk(url)).toEqual(branching.expected);
      expect(await docker('exec', instance.id, 'id', '-u')).toBe('10001');
      await docker('stop', '--time', '10', instance.id);
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', instance.id)).toBe('0');
    } finally {
      await docker('rmi', '--force', image);
    }
  });
}

/** What only shows with several instances of a service on one store. */
export function testSharedStore({ store, env }: Pick<StoreUnderTest, 'store' | 'env'>): void {
  test(`two instances on ${store} lose no update, have no effect twice, and survive a kill`, async () => {
    await using workspace = await generated({ store, states: branching.states });
    await npm(workspace.folder, ['run', 'build']);
    // Both start at once, on a store that has nothing yet.
    const shared = { ...env(), SERVICE_NAME: 'hammered' };
    const [first, second] = await Promise.all([
      startService(workspace.folder, shared),
      startService(workspace.folder, shared),
    ]);
    await using _first = first;
    await using _second = second;
    await expectNoLostUpdate([first.url, second.url]);
    await expectSingleEffect([first.url, second.url], 'pay');
    await expectNothingLostByKill(first, second);
  });
}

async function expectHealthy(id: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const health = await docker('inspect', '--format', '{{.State.Health.Status}}', id);
    if (health === 'healthy') return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the container did not become healthy: ${await docker('logs', id)}`);
}

/** Runs the program as it is shipped. */
export async function runBuiltMsa(directory: string, ...argv: readonly string[]): Promise<void> {
  await run(process.execPath, [msa, '-C', directory, ...argv]);
}

async function generated({ store, states }: { readonly store: string; readonly states: string }) {
  const dir = await tempDir();
  await runBuiltMsa(dir.path, 'init', 'shop', '--yes');
  const options = ['--fields', fields, '--states', states, '--store', store, '--yes'];
  await runBuiltMsa(join(dir.path, 'shop'), 'new', 'service', 'orders', ...options);
  const folder = join(dir.path, 'shop/services/orders');
  await symlink(await installedModules(folder, store), join(folder, 'node_modules'));
  return { folder, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

const installed = new Map<string, Promise<Awaited<ReturnType<typeof tempDir>>>>();

/** `npm ci` from the lock file the template ships, once for all services on a store. */
async function installedModules(folder: string, store: string): Promise<string> {
  const install = async () => {
    const dir = await tempDir();
    await run('cp', [join(folder, 'package.json'), join(folder, 'package-lock.json'), dir.path]);
    await npm(dir.path, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']);
    return dir;
  };
  const pending = installed.get(store) ?? install();
  installed.set(store, pending);
  return join((await pending).path, 'node_modules');
}

/** Removes what installedModules left. */
export async function removeInstalled(): Promise<void> {
  for (const dir of installed.values()) await (await dir)[Symbol.asyncDispose]();
}

/** Runs npm in a service's folder; what it printed is part of the error. */
export async function npm(
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    await run('npm', [...argv], { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${argv.join(' ')} failed:\n${stdout.slice(-8000)}${stderr.slice(-4000)}`, { cause: error });
  }
}
