import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { programs } from '../../../support/built-programs.ts';
import { leftBehind } from '../../../support/left-behind.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { locate, serviceUnit, testSystem, type ServiceOptions, type TestSystem } from './support/system.ts';

/** A package with a dependency that lies beside it, so that npm needs no network. */
const files = {
  'helper/package.json': JSON.stringify({ name: 'helper', version: '1.0.0', main: 'index.js' }),
  'helper/index.js': 'module.exports = 1;',
  'app/package.json': JSON.stringify({
    name: 'app',
    version: '1.0.0',
    scripts: { build: 'node build.cjs', start: 'node dist/main.cjs' },
    dependencies: { helper: 'file:../helper' },
  }),
  'app/package-lock.json': JSON.stringify({
    name: 'app',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'app', version: '1.0.0', dependencies: { helper: 'file:../helper' } },
      '../helper': { version: '1.0.0' },
      'node_modules/helper': { resolved: '../helper', link: true },
    },
  }),
  'app/build.cjs': `
    const fs = require('node:fs');
    fs.mkdirSync('dist', { recursive: true });
    fs.writeFileSync('dist/main.cjs', fs.readFileSync('main.cjs'));
    fs.appendFileSync('../builds', 'b');
  `,
  'app/main.cjs': "require('helper'); setInterval(() => {}, 1000);",
};

async function packageSystem(): Promise<
  { readonly system: TestSystem; readonly options: ServiceOptions } & AsyncDisposable
> {
  const system = await testSystem({ programs: programs.path });
  await system.folder('.', files);
  await locate(system.engine);
  await system.perform({ kind: 'open' });
  const options = { directory: system.path('app') };
  return { system, options, [Symbol.asyncDispose]: () => system[Symbol.asyncDispose]() };
}

/** Builds it if it has to be built, as a plan does; says whether it had to. */
async function prepare(system: TestSystem, options: ServiceOptions): Promise<boolean> {
  const unit = await serviceUnit(system.engine, 'app', options);
  const key = system.engine.artefactKey(unit);
  const { artefacts } = await system.engine.observe();
  if (key === undefined || artefacts.has(key)) return false;
  await system.perform({ kind: 'build', unit });
  expect((await system.engine.observe()).artefacts.has(key)).toBe(true);
  return true;
}

describe('a package', () => {
  test('is installed and built once, and run without npm', async () => {
    await using made = await packageSystem();
    const { system, options } = made;
    expect(await prepare(system, options)).toBe(true);
    expect(existsSync(system.path('app', 'node_modules', 'helper', 'index.js'))).toBe(true);
    expect(await prepare(system, options)).toBe(false);
    expect(await readFile(system.path('builds'), 'utf8')).toBe('b');

    const unit = await serviceUnit(system.engine, 'app', options);
    await system.perform({ kind: 'start', unit, index: 1 });
    const { pid } = (await system.observed('app-1')) ?? {};
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    expect(command.split('\0').slice(0, 2)).toEqual(['node', 'dist/main.cjs']);
  });

  test('is built again when a source changes, without a new installation', async () => {
    await using made = await packageSystem();
    const { system, options } = made;
    await prepare(system, options);
    const receipt = system.path('app', 'node_modules', 'ours');
    await writeFile(receipt, 'an installation removes this');
    await writeFile(system.path('app', 'main.cjs'), 'setInterval(() => {}, 500);');
    expect(await prepare(system, options)).toBe(true);
    expect(existsSync(receipt)).toBe(true);
    expect(await readFile(system.path('app', 'dist', 'main.cjs'), 'utf8')).toContain('500');
  });

  test('is installed again when its lock file changes', async () => {
    await using made = await packageSystem();
    const { system, options } = made;
    await prepare(system, options);
    const receipt = system.path('app', 'node_modules', 'ours');
    await writeFile(receipt, 'an installation removes this');
    const lock = await readFile(system.path('app', 'package-lock.json'), 'utf8');
    await writeFile(system.path('app', 'package-lock.json'), `${lock}\n`);
    expect(await prepare(system, options)).toBe(true);
    expect(existsSync(receipt)).toBe(false);
  });

  test.each(['node_modules', 'dist'])('is prepared again when somebody removes %s', async (name) => {
    await using made = await packageSystem();
    const { system, options } = made;
    await prepare(system, options);
    await rm(system.path('app', name), { recursive: true });
    expect(await prepare(system, options)).toBe(true);
    expect(existsSync(system.path('app', name))).toBe(true);
  });

  test('that its developer has installed is not installed once more', async () => {
    await using made = await packageSystem();
    const { system, options } = made;
    await mkdir(system.path('app', 'node_modules'));
    const receipt = system.path('app', 'node_modules', '.package-lock.json');
    await writeFile(receipt, '{}');
    await utimes(system.path('app', 'package-lock.json'), new Date(0), new Date(0));
    expect(await prepare(system, options)).toBe(true);
    expect(await readFile(receipt, 'utf8')).toBe('{}');
  });

  test('that does not build is told with its last words, and built again the next time', async () => {
    await using made = await packageSystem();
    const { system, options } = made;
    const script = await readFile(system.path('app', 'build.cjs'), 'utf8');
    await writeFile(system.path('app', 'build.cjs'), "console.log('line 3: no such thing'); process.exit(2);");
    await expect(prepare(system, options)).rejects.toMatchObject({
      code: 'MSA_BUILD_FAILED',
      message: 'app: npm run --silent build ended with exit code 2',
      details: ['line 3: no such thing'],
    });
    expect(system.lines).toContain('line 3: no such thing');
    await writeFile(system.path('app', 'build.cjs'), script);
    expect(await prepare(system, options)).toBe(true);
  });
});

describe('a build', () => {
  const slowStep = ['node', '-e', "require('node:fs').writeFileSync('started', ''); setInterval(() => {}, 1000)"];

  test('that is interrupted ends with all it has started, and counts as not done', async () => {
    await using made = await packageSystem();
    const { system } = made;
    const options = { directory: system.path('app'), prepare: [slowStep] };
    const unit = await serviceUnit(system.engine, 'app', options);
    const controller = new AbortController();
    const building = system.perform({ kind: 'build', unit }, controller.signal);
    await waitUntil('the step runs', () => Promise.resolve(existsSync(system.path('app', 'started'))));
    const stopped = new Error('stopped by the user');
    controller.abort(stopped);
    await expect(building).rejects.toBe(stopped);
    expect((await system.engine.observe()).artefacts.size).toBe(0);
    await waitUntil('nothing of it runs', async () => {
      const left = await leftBehind(system.place.workspace, system.place.root);
      return !left.some((line) => line.includes('writeFileSync'));
    });
  });

  test('ends with the system, too', async () => {
    await using made = await packageSystem();
    const { system } = made;
    const unit = await serviceUnit(system.engine, 'app', { directory: system.path('app'), prepare: [slowStep] });
    const building = system.perform({ kind: 'build', unit });
    const failed = expect(building).rejects.toMatchObject({ code: expect.stringMatching(/^MSA_/) });
    await waitUntil('the step runs', () => Promise.resolve(existsSync(system.path('app', 'started'))));
    await system.perform({ kind: 'close', data: true });
    await failed;
    expect(await leftBehind(system.place.workspace, system.place.root)).toEqual([]);
  });

  test('of one folder waits for another of the same folder', async () => {
    await using made = await packageSystem();
    const { system } = made;
    const step = `
      const fs = require('node:fs');
      if (fs.existsSync('busy')) { console.log('two at once'); process.exit(1); }
      fs.writeFileSync('busy', '');
      setTimeout(() => { fs.rmSync('busy'); fs.appendFileSync('../turns', 't'); }, 200);
    `;
    const options = { directory: system.path('app'), prepare: [['node', '-e', step]] };
    const unit = await serviceUnit(system.engine, 'app', options);
    await Promise.all([1, 2, 3].map(() => system.perform({ kind: 'build', unit })));
    expect(await readFile(system.path('turns'), 'utf8')).toBe('ttt');
  });

  test('whose program is not there says which', async () => {
    await using made = await packageSystem();
    const { system } = made;
    const options = { directory: system.path('app'), prepare: [['no-such-builder']] };
    await expect(prepare(system, options)).rejects.toThrow(
      'no-such-builder: there is no program "no-such-builder" here',
    );
  });
});

const content = (system: TestSystem, options: Partial<ServiceOptions> = {}): Promise<string> =>
  system.engine.contentOf({
    service: 'app',
    directory: system.path('app'),
    command: undefined,
    prepare: [],
    ...options,
  });

describe('what a folder runs from', () => {
  test('does not change by what is made of it', async () => {
    await using made = await packageSystem();
    const { system, options } = made;
    const before = await content(system);
    await prepare(system, options);
    expect(await content(system)).toBe(before);
  });

  test('changes by a file, its name, its right to be executed, and the steps', async () => {
    await using made = await packageSystem();
    const { system } = made;
    const seen = [await content(system)];
    await writeFile(system.path('app', 'new.txt'), '1');
    seen.push(await content(system));
    await rm(system.path('app', 'new.txt'));
    await writeFile(system.path('app', 'other.txt'), '1');
    seen.push(await content(system));
    await rm(system.path('app', 'other.txt'));
    await writeFile(system.path('app', 'other.txt'), '1', { mode: 0o755 });
    seen.push(await content(system), await content(system, { prepare: [['make']] }));
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each([
    [{ Dockerfile: 'FROM scratch' }, 'only a Dockerfile'],
    [{ 'readme.txt': '' }, 'no package.json'],
    [{ 'package.json': '{}' }, 'no start script'],
    [{ 'package.json': '{ not json' }, 'not JSON'],
  ])('is told when there is nothing to run: %o', async (given, text) => {
    await using system = await testSystem({ programs: programs.path });
    const directory = await system.folder('odd', given);
    const failing = content(system, { directory });
    await expect(failing).rejects.toMatchObject({ code: 'MSA_SERVICE_UNRUNNABLE' });
    await expect(failing).rejects.toThrow(text);
  });

  test('is told when the folder is gone', async () => {
    await using system = await testSystem({ programs: programs.path });
    await expect(content(system, { directory: join(system.place.root, 'gone') })).rejects.toMatchObject({
      code: 'MSA_SERVICE_UNRUNNABLE',
      hint: expect.stringContaining('msa rm service app'),
    });
  });
});
