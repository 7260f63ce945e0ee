import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { listProcessSystems } from '../../../../../src/engines/process/list-systems.ts';
import { openProcessEngine } from '../../../../../src/engines/process/process-engine.ts';
import type { Desired, Unit } from '../../../../../src/plan/desired.ts';
import type { ObservedInstance } from '../../../../../src/plan/observation.ts';
import type { Operation, OperationBody } from '../../../../../src/plan/operation.ts';
import type { LogQuery } from '../../../../../src/ports/engine.ts';
import { hasProcess } from '../../../../support/has-process.ts';
import { tempDir } from '../../../../support/temp-dir.ts';
import { waitUntil } from '../../../../support/wait-until.ts';
import { desiredOf, locate, serviceUnit } from '../../support/units.ts';
import { programs, type ProgramName } from './programs.ts';

export { locate, platformUnit, serviceUnit, type ServiceOptions } from '../../support/units.ts';

export interface TestSystemOptions {
  readonly programs: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly name?: string;
}

export type TestSystem = Awaited<ReturnType<typeof testSystem>>;

/** A workspace of its own, whose engine is driven operation by operation. All of it is gone at the end of its scope. */
export async function testSystem({ programs: programsDirectory, env = {}, name = 'procs' }: TestSystemOptions) {
  const dir = await tempDir();
  const workspace = `${name}-${randomBytes(3).toString('hex')}`;
  const place = { workspace, name, root: join(dir.path, 'workspace') };
  await mkdir(place.root);
  const options = { programsDirectory, env: { ...process.env, ...env }, version: '0.0.0-test' };
  const engine = await openProcessEngine(options, place);
  const lines: string[] = [];
  let desired: Desired = desiredOf(workspace, []);

  const perform = (body: OperationBody, signal: AbortSignal = new AbortController().signal): Promise<void> => {
    const operation: Operation = { ...body, id: body.kind, cause: 'test', needs: [] };
    return engine.perform(operation, {
      desired,
      signal,
      report: (line) => lines.push(line),
      notify: (line) => lines.push(line),
    });
  };
  const observed = async (id: string): Promise<ObservedInstance | undefined> =>
    (await engine.observe()).instances.find((instance) => instance.id === id);
  return {
    engine,
    place,
    options,
    /** What builders have reported. */
    lines,
    perform,
    path: (...segments: readonly string[]) => join(place.root, ...segments),
    reopen: () => openProcessEngine(options, place),
    list: () => listProcessSystems(options),
    want: (units: readonly Unit[], more: Partial<Desired['system']> = {}): void => {
      desired = desiredOf(workspace, units, more);
    },
    observed,
    waitFor: (what: string, id: string, condition: (instance: ObservedInstance) => boolean): Promise<void> =>
      waitUntil(`${id} ${what}`, async () => {
        const instance = await observed(id);
        if (instance !== undefined && condition(instance)) return true;
        throw new Error(JSON.stringify(instance));
      }),
    /** A folder with these files. */
    folder: async (folder: string, files: Readonly<Record<string, string>>): Promise<string> => {
      const directory = join(place.root, folder);
      for (const [file, text] of Object.entries(files)) {
        await mkdir(join(directory, file, '..'), { recursive: true });
        await writeFile(join(directory, file), text);
      }
      return directory;
    },
    [Symbol.asyncDispose]: async () => {
      try {
        await perform({ kind: 'close', data: true });
      } finally {
        engine.disconnect();
        await dir[Symbol.asyncDispose]();
      }
    },
  };
}

export const wholeLog: Omit<LogQuery, 'instances'> = {
  tail: undefined,
  since: undefined,
  follow: false,
  signal: new AbortController().signal,
};

export async function readAll<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Opens a system and starts one instance of a program of support/programs.ts; gives where it works. */
export async function startProgram(
  system: TestSystem,
  program: ProgramName,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = await system.folder(program, { 'main.cjs': programs[program] });
  await locate(system.engine);
  const unit = await serviceUnit(system.engine, 'app', { directory, command: ['node', 'main.cjs'], env });
  await system.perform({ kind: 'open' });
  await system.perform({ kind: 'start', unit, index: 1 });
  return directory;
}

export function isAlive(pid: number): boolean {
  if (!hasProcess(pid)) return false;
  // One that has ended and that nobody has waited for is as good as gone.
  return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, { encoding: 'utf8' }));
}
