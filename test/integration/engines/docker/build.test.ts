import { chmod, readdir, rm, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Unit } from '../../../../src/plan/desired.ts';
import { docker, hasDocker } from '../../../support/docker.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { folderUnit, locate, platformUnit, testSystem, tinyService, type TestSystem } from './support/system.ts';

describe.skipIf(!hasDocker)('images', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await testSystem();
    await locate(system.engine);
    await system.perform({ kind: 'open' });
  });
  afterAll(() => system[Symbol.asyncDispose]());

  const build = (unit: Unit): Promise<void> => system.perform({ kind: 'build', unit });
  const images = async (filter: string): Promise<readonly string[]> => {
    const argv = ['images', '--filter', `label=msa.workspace=${system.place.workspace}`, '--filter', filter];
    const text = await docker(...argv, '--format', '{{.Repository}}:{{.Tag}}');
    return text === '' ? [] : text.split('\n');
  };

  test('are built side by side; one that does not build keeps no other from it', async () => {
    const good = await folderUnit(system.engine, 'good', { directory: await system.folder('good', tinyService) });
    const broken = { ...tinyService, Dockerfile: 'FROM node:24-slim\n\nRUN echo "no luck" && exit 4\n' };
    const bad = await folderUnit(system.engine, 'bad', { directory: await system.folder('bad', broken) });
    const [first, second] = await Promise.allSettled([build(good), build(bad)]);
    expect(first.status).toBe('fulfilled');
    expect((await system.engine.observe()).artefacts).toContain(system.engine.artefactKey(good));
    expect(second).toMatchObject({
      reason: {
        code: 'MSA_BUILD_FAILED',
        message: expect.stringMatching(
          new RegExp(`^the image of bad does not build: .*exit code: 4 \\(${system.path('bad')}/Dockerfile:3\\)$`),
        ),
        details: expect.arrayContaining([expect.stringContaining('no luck')]),
      },
    });
    expect(system.lines.some((line) => line.includes('no luck'))).toBe(true);
  });

  test('are built whatever their services are called', async () => {
    const directory = await system.folder('named', tinyService);
    const named = await Promise.all(
      ['default', 'platform', 'group'].map((name) => folderUnit(system.engine, name, { directory })),
    );
    await Promise.all([platformUnit('gateway'), ...named].map((unit) => build(unit)));
    const { artefacts } = await system.engine.observe();
    expect([...artefacts]).toEqual(expect.arrayContaining(named.map((unit) => system.engine.artefactKey(unit))));
  });

  test('leave nothing of the builder behind', async () => {
    await using scratch = await tempDir();
    await using other = await testSystem({ ...process.env, TMPDIR: scratch.path });
    await other.perform({ kind: 'build', unit: platformUnit('gateway') });
    expect(await readdir(scratch.path)).toEqual([]);
  });

  test('that a Dockerfile cannot describe are refused in its own words', async () => {
    const directory = await system.folder('typo', { Dockerfile: 'FROM node:24-slim\nRUNN true\n' });
    const unit = await folderUnit(system.engine, 'typo', { directory });
    await expect(build(unit)).rejects.toMatchObject({
      code: 'MSA_BUILD_FAILED',
      message: expect.stringMatching(/unknown instruction: RUNN.*Dockerfile:2\)$/),
    });
  });

  test('stop being built when msa is told to stop', async () => {
    const directory = await system.folder('slow', { Dockerfile: 'FROM node:24-slim\nRUN echo begun && sleep 60\n' });
    const unit = await folderUnit(system.engine, 'slow', { directory });
    const stop = new AbortController();
    const building = system.perform({ kind: 'build', unit }, stop.signal);
    const timer = setInterval(() => {
      if (system.lines.some((line) => line.endsWith('begun'))) stop.abort(new Error('enough'));
    }, 20);
    await expect(building).rejects.toThrow('enough');
    clearInterval(timer);
  });

  test('of before go when they are not used any more', async () => {
    const directory = await system.folder('changing', tinyService);
    const before = await folderUnit(system.engine, 'changing', { directory });
    system.want([before]);
    await build(before);
    await system.perform({ kind: 'start', unit: before, index: 1 });

    await writeFile(`${directory}/server.cjs`, `${tinyService['server.cjs']}\n// changed`);
    const after = await folderUnit(system.engine, 'changing', { directory });
    system.want([after]);
    await build(after);
    const tags = [before, after].map((unit) => system.engine.artefactKey(unit) ?? '');
    const mine = async () => (await images('dangling=false')).filter((tag) => tag.includes('/changing:'));
    expect((await mine()).toSorted()).toEqual(tags.toSorted());

    await system.perform({ kind: 'start', unit: after, index: 2 });
    await system.perform({ kind: 'stop', unit: 'changing', instance: 'changing-1' });
    expect(await mine()).toEqual([tags[1]]);
    expect(await images('dangling=true')).toEqual([]);
  });

  test('that lost their name while they were used go with the system', async () => {
    const unit = await folderUnit(system.engine, 'renamed', { directory: await system.folder('renamed', tinyService) });
    system.want([unit]);
    await build(unit);
    await system.perform({ kind: 'start', unit, index: 1 });
    await docker('tag', 'node:24-slim', system.engine.artefactKey(unit) ?? '');
    expect(await images('dangling=true')).toHaveLength(1);
    await system.perform({ kind: 'close', data: false });
    expect(await images('dangling=true')).toEqual([]);
    await docker('rmi', system.engine.artefactKey(unit) ?? '');
    await system.perform({ kind: 'open' });
  });

  test('that somebody has removed are built again when they are needed', async () => {
    const unit = await folderUnit(system.engine, 'missing', { directory: await system.folder('missing', tinyService) });
    await system.perform({ kind: 'start', unit, index: 1 });
    expect((await system.engine.observe()).artefacts).toContain(system.engine.artefactKey(unit));
  });

  test('that run as root keep a file system they can write to, and lose what others would fear', async () => {
    const files = { ...tinyService, Dockerfile: tinyService.Dockerfile.replace('USER node\n', '') };
    const unit = await folderUnit(system.engine, 'rooted', { directory: await system.folder('rooted', files) });
    await build(unit);
    await system.perform({ kind: 'start', unit, index: 1 });
    const name = `${system.place.workspace}-rooted-1`;
    expect(await docker('exec', name, 'sh', '-c', 'id -u && touch /written && echo written')).toBe('0\nwritten');
    const raw = await docker('exec', name, 'sh', '-c', 'grep CapEff /proc/self/status');
    const netRaw = 1n << 13n;
    expect(BigInt(`0x${raw.split(/\s+/)[1]}`) & netRaw).toBe(0n);
  });
});

describe.skipIf(!hasDocker)('the content of a folder', () => {
  let system: TestSystem;
  let directory: string;
  const hash = (): Promise<string> =>
    system.engine.contentOf({ service: 'some', directory, command: undefined, prepare: [] });
  beforeAll(async () => {
    system = await testSystem();
    directory = await system.folder('some', {
      Dockerfile: 'FROM node:24-slim\n',
      '.dockerignore': '*\n!src\n!package.json\n',
      'package.json': '{}',
    });
    await system.folder('some/src/deep', { 'main.js': '1' });
    await system.folder('some/node_modules/left-pad', { 'index.js': '1' });
  });
  afterAll(() => system[Symbol.asyncDispose]());

  test.each([
    ['a file of the program', 'src/deep/main.js'],
    ['a new file of the program', 'src/deep/other.js'],
    ['a file taken back in', 'package.json'],
    ['the Dockerfile', 'Dockerfile'],
  ])('changes with %s', async (_what, file) => {
    const before = await hash();
    await writeFile(`${directory}/${file}`, 'FROM node:24-slim\nENV A=1\n');
    expect(await hash()).not.toBe(before);
  });

  test('changes with what can be executed', async () => {
    const before = await hash();
    await chmod(`${directory}/src/deep/main.js`, 0o755);
    expect(await hash()).not.toBe(before);
  });

  test.each(['node_modules/left-pad/index.js', 'README.md'])(
    'does not change with %s, which is ignored',
    async (file) => {
      const before = await hash();
      await writeFile(`${directory}/${file}`, 'changed');
      expect(await hash()).toBe(before);
    },
  );

  test('does not change when nothing does', async () => {
    expect(await hash()).toBe(await hash());
  });

  test('is refused without a Dockerfile, with the ways out', async () => {
    await rm(`${directory}/Dockerfile`);
    await expect(hash()).rejects.toMatchObject({
      code: 'MSA_SERVICE_UNRUNNABLE',
      message: `some cannot run in Docker: ${directory} has no Dockerfile`,
      hint: expect.stringContaining('msa up --engine process'),
    });
  });
});
