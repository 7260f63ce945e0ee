import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userInfo } from 'node:os';

import { describe, expect, test } from 'vitest';

import type { SupervisorRecord } from '../../../../src/protocol/supervisor-api.ts';
import { programs } from '../../../support/built-programs.ts';
import { leftBehind } from '../../../support/left-behind.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { isAlive, locate, readAll, startProgram, testSystem, wholeLog, type TestSystem } from './support/system.ts';

const newSystem = (): Promise<TestSystem> => testSystem({ programs: programs.path });

const runtimeDirectory = `/tmp/msa-${userInfo().uid}`;
const stateFileOf = ({ place }: TestSystem): string => join(runtimeDirectory, `${place.workspace}.json`);
const recordOf = (system: TestSystem): SupervisorRecord => JSON.parse(readFileSync(stateFileOf(system), 'utf8'));

async function killSupervisor(system: TestSystem): Promise<void> {
  const { pid } = recordOf(system).owner;
  process.kill(pid, 'SIGKILL');
  await waitUntil('the supervisor has ended', () => Promise.resolve(!isAlive(pid)));
}

async function nothingIsLeft({ place }: TestSystem): Promise<void> {
  expect(await leftBehind(place.workspace, place.root)).toEqual([]);
}

/** A process that no supervisor knows, which ends with its scope. */
function stranger(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
    env,
  });
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('after the supervisor was killed', () => {
  test.each(['polite', 'deaf', 'parent', 'parentOfDaemon'] as const)(
    'the next look ends what it left: %s',
    async (name) => {
      await using system = await newSystem();
      await startProgram(system, name);
      const pid = (await system.observed('app-1'))?.pid ?? 0;
      await killSupervisor(system);
      expect(isAlive(pid)).toBe(true);
      expect(await system.engine.observe()).toMatchObject({ ground: false, instances: [] });
      expect(isAlive(pid)).toBe(false);
      await nothingIsLeft(system);
    },
  );

  test('several looks at once agree', async () => {
    await using system = await newSystem();
    await startProgram(system, 'deaf');
    await killSupervisor(system);
    const engines = await Promise.all([1, 2, 3, 4].map(() => system.reopen()));
    const seen = await Promise.all(engines.map((engine) => engine.observe()));
    expect(seen.map(({ ground }) => ground)).toEqual([false, false, false, false]);
    await nothingIsLeft(system);
  });

  test('listing the systems of the machine clears it away, too', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    const { workspace } = system.place;
    expect((await system.list()).find((found) => found.workspace === workspace)).toEqual({
      engine: 'process',
      workspace,
      directory: system.place.root,
      instances: 1,
    });
    await killSupervisor(system);
    expect((await system.list()).map((found) => found.workspace)).not.toContain(workspace);
    await nothingIsLeft(system);
  });

  test('the system can be started again at once', async () => {
    await using system = await newSystem();
    await startProgram(system, 'deaf');
    const old = (await system.observed('app-1'))?.pid ?? 0;
    await killSupervisor(system);
    await startProgram(system, 'deaf');
    expect(isAlive(old)).toBe(false);
    expect(await system.observed('app-1')).toMatchObject({ state: 'running', restarts: 0 });
  });

  test('a program it was about to note down is found', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    await killSupervisor(system);
    const record = recordOf(system);
    await writeFile(stateFileOf(system), JSON.stringify({ ...record, groups: [{ name: 'app-2', leader: null }] }));
    await using unknown = stranger({ MSA_WORKSPACE: system.place.workspace, MSA_INSTANCE: 'app-2' });
    await system.engine.observe();
    await waitUntil('it has ended', () => Promise.resolve(!isAlive(unknown.pid)));
    await nothingIsLeft(system);
  });

  test('programs are found though its record is lost', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    const pid = (await system.observed('app-1'))?.pid ?? 0;
    await killSupervisor(system);
    await rm(stateFileOf(system));
    expect((await system.engine.observe()).ground).toBe(false);
    expect(isAlive(pid)).toBe(false);
  });

  test('what has a number that was noted down, but is another, is left alone', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    await killSupervisor(system);
    await using other = stranger({});
    const record = recordOf(system);
    const leader = { pid: other.pid, started: 'at another time' };
    await writeFile(stateFileOf(system), JSON.stringify({ ...record, groups: [{ name: 'app-1', leader }] }));
    await system.engine.observe();
    await nothingIsLeft(system);
    expect(isAlive(other.pid)).toBe(true);
  });

  test('what another workspace runs is left alone', async () => {
    await using system = await newSystem();
    await using neighbour = await newSystem();
    await startProgram(system, 'polite');
    await startProgram(neighbour, 'polite');
    await killSupervisor(system);
    await system.engine.observe();
    expect(await neighbour.observed('app-1')).toMatchObject({ state: 'running', restarts: 0 });
  });
});

describe('the supervisor', () => {
  test('is one, however many start it at once', async () => {
    await using system = await newSystem();
    const engines = await Promise.all([1, 2, 3].map(() => system.reopen()));
    await Promise.all(engines.map((engine) => locate(engine)));
    const operation = { kind: 'open', id: 'open', cause: 'test', needs: [] } as const;
    const system_ = { workspace: '', name: '', version: '', services: [], routes: [], edges: [] };
    const desired = { workspace: '', name: '', units: [], system: system_ };
    const { signal } = new AbortController();
    await Promise.all(
      engines.map((engine) => engine.perform(operation, { desired, signal, report: () => {}, notify: () => {} })),
    );
    for (const engine of engines) expect((await engine.observe()).ground).toBe(true);
    await system.perform({ kind: 'close', data: true });
    await nothingIsLeft(system);
  });

  test('does not mind that the terminal closes', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    process.kill(recordOf(system).owner.pid, 'SIGHUP');
    expect(await system.observed('app-1')).toMatchObject({ state: 'running', restarts: 0 });
  });

  test('stops everything when it is asked to end', async () => {
    await using system = await newSystem();
    const directory = await startProgram(system, 'polite');
    await waitUntil('it listens', async () => (await system.engine.diagnose('app-1')).length === 0);
    const { pid } = recordOf(system).owner;
    process.kill(pid, 'SIGTERM');
    await waitUntil('it has ended', () => Promise.resolve(!isAlive(pid)));
    expect(readFileSync(join(directory, 'signals'), 'utf8')).toBe('TERM ');
    await nothingIsLeft(system);
  });

  test('makes its files again when somebody clears them away', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    await Promise.all([rm(stateFileOf(system)), rm(join(runtimeDirectory, `${system.place.workspace}.sock`))]);
    expect((await system.engine.observe()).ground).toBe(false);
    await waitUntil('it is found again', async () => (await system.engine.observe()).ground);
    expect(await system.observed('app-1')).toMatchObject({ state: 'running', restarts: 0 });
    expect(recordOf(system).groups.map(({ name }) => name)).toEqual(['app-1']);
  });

  test('is found again when a dead socket stands at the place of its own', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    const socket = join(runtimeDirectory, `${system.place.workspace}.sock`);
    await rm(socket);
    // A program that is killed leaves its socket behind.
    const listen = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', listen, socket]), 'exit');
    await waitUntil('it is found again', async () => (await system.observed('app-1'))?.state === 'running');
  });

  test('gives way when another has taken its place', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    const { pid } = recordOf(system).owner;
    await Promise.all([rm(stateFileOf(system)), rm(join(runtimeDirectory, `${system.place.workspace}.sock`))]);
    await startProgram(system, 'polite');
    expect(recordOf(system).owner.pid).not.toBe(pid);
    await waitUntil('it has ended', () => Promise.resolve(!isAlive(pid)));
    expect(await system.observed('app-1')).toMatchObject({ state: 'running' });
  });

  test('that hangs is told with its number', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    const { pid } = recordOf(system).owner;
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(system.engine.observe()).rejects.toMatchObject({ code: 'MSA_ENGINE_FAILED' });
      await expect(system.engine.observe()).rejects.toThrow(String(pid));
      // Commands for other workspaces list all systems, too.
      expect((await system.list()).map(({ workspace }) => workspace)).toContain(system.place.workspace);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  test('can be stopped when the folder of the workspace has vanished, and never makes it again', async () => {
    await using system = await newSystem();
    await startProgram(system, 'polite');
    await rm(system.place.root, { recursive: true });
    await system.engine.crash('app-1');
    await system.waitFor('could not be started again', 'app-1', ({ exitCode }) => exitCode === 127);
    expect((await system.list()).map(({ workspace }) => workspace)).toContain(system.place.workspace);
    await system.perform({ kind: 'stop', instance: 'app-1', unit: 'app' });
    await system.perform({ kind: 'close', data: true });
    expect(existsSync(system.place.root)).toBe(false);
    await nothingIsLeft(system);
  });

  test('drops what it cannot write, says so, and goes on', async () => {
    await using system = await newSystem();
    const logs = system.path('.msa', 'run', 'logs');
    await startProgram(system, 'polite');
    await rm(logs, { recursive: true });
    await system.engine.crash('app-1');
    await system.waitFor('runs again', 'app-1', ({ state, restarts }) => state === 'running' && restarts === 1);
    await mkdir(logs);
    expect(await readAll(system.engine.logs({ ...wholeLog, instances: [] }))).toEqual([]);
  });
});
