import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { runMsa } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { snapshot } from '../../support/workspace.ts';
import { root } from './terminal.ts';

const everyType =
  'item:string note:text? qty:int price:number? paid:boolean due:date? at:datetime? ref:uuid? mail:email? site:url? tags:string[]? size:enum(s|m|l)';

const hostile = '`${1}` */ "quoted" \'single\' <script> $(id) {{name}}';
const states = 'created>paid>shipped, created>cancelled';

/** Together they take every branch of every template. */
const services = ['memory', 'redis', 'postgres'].flatMap((store) => [
  [`${store}-plain`, '--store', store],
  [
    `${store}-rich`,
    '--store',
    store,
    '--calls',
    'users',
    '--fields',
    everyType,
    '--states',
    states,
    '--description',
    hostile,
  ],
]);

/** The built package in a directory of its own. */
async function copyPackage(to: string, filter: (path: string) => boolean): Promise<void> {
  for (const part of ['bin', 'dist', 'schema', 'templates', 'package.json']) {
    await cp(join(root, part), join(to, part), { recursive: true, filter });
  }
}

function run(packageDirectory: string, cwd: string, ...argv: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(packageDirectory, 'bin/msa.js'), ...argv, '--yes'], {
    cwd,
    encoding: 'utf8',
  });
  expect({ status, stderr }, argv.join(' ')).toEqual({ status: 0, stderr: '' });
}

describe('templates that were compiled when msa was built', () => {
  test('give the same texts to the byte as when they are compiled now, and need no compiler', async () => {
    await using dir = await tempDir();
    await copyPackage(join(dir.path, 'msa'), (path) => !/chunks.compile-template-/.test(path));
    const built = join(dir.path, 'built');
    const source = join(dir.path, 'source');
    await Promise.all([mkdir(built), mkdir(source)]);
    const additions = services.map((words) => ['new', 'service', ...words]);
    for (const argv of [['init', '--name', 'shop', '--example', 'shop'], ...additions]) {
      run(join(dir.path, 'msa'), built, ...argv);
      expect(await runMsa(source, ...argv, '--yes'), argv.join(' ')).toMatchObject({ exitCode: 0 });
    }
    expect(await snapshot(built)).toEqual(await snapshot(source));
  });

  test('are compiled anew when their text has changed since', async () => {
    await using dir = await tempDir();
    await copyPackage(join(dir.path, 'msa'), () => true);
    await appendFile(join(dir.path, 'msa/templates/workspace/README.md.hbs'), '\nAbout {{workspace.name}}.\n');
    run(join(dir.path, 'msa'), dir.path, 'init', 'shop');
    expect(await snapshot(join(dir.path, 'shop'))).toMatchObject({
      'README.md': expect.stringMatching(/\nAbout shop\.\n$/),
    });
  });
});
