import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

import { listProcessSystems } from '../../../../../src/engines/process/list-systems.ts';
import { openProcessEngine } from '../../../../../src/engines/process/process-engine.ts';
import type { Desired, Unit } from '../../../../../src/plan/desired.ts';
import type { ObservedInstance } from '../../../../../src/plan/observation.ts';
import type { Operation, OperationBody } from '../../../../../src/plan/operation.ts';
import type { Engine, LocateRequest, Locations, LogQuery } from '../../../../../src/ports/engine.ts';
import { tempDir } from '../../../../support/temp-dir.ts';
import { waitUntil } from '../../../../support/wait-until.ts';
import { programs, type ProgramName } from './programs.ts';

const root = join(import.meta.dirname, '../../../../..');

/** Our own programs as they are now, in one file each. */
export async function bundlePrograms(): Promise<{ readonly path: string } & AsyncDisposable> {
  const dir = await tempDir();
  const names = ['gateway', 'redis', 'registry', 'supervisor'];
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name, `src/${name}/main.ts`])),
    outdir: dir.path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  // As in the package: without it Node takes the files for the older module format.
  await writeFile(join(dir.path, 'package.json'), '{"type":"module"}');
  return dir;
}

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

function desiredOf(workspace: string, units: readonly Unit[], more: Partial<Desired['system']> = {}): Desired {
  const services = units
    .filter(({ role }) => role !== 'registry' && role !== 'gateway')
    .map(({ name, role }) => ({
      name,
      health:
        role === 'service'
          ? { kind: 'http' as const, live: '/health/live', ready: '/health/ready' }
          : { kind: 'tcp' as const },
    }));
  const version = hashOf(JSON.stringify([services, more]));
  const system = { workspace, name: 'engine', version, services, routes: [], edges: [], ...more };
  return { workspace, name: 'engine', units, system };
}

export function platformUnit(role: Exclude<Unit['role'], 'service'>, env: Readonly<Record<string, string>> = {}): Unit {
  return {
    name: role,
    role,
    replicas: 1,
    program: { kind: 'platform' },
    env,
    port: undefined,
    limits: { memoryBytes: undefined, cpus: undefined },
    needs: [],
    hash: hashOf(role),
  };
}

export interface ServiceOptions {
  readonly directory: string;
  readonly command?: readonly string[];
  readonly prepare?: readonly (readonly string[])[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A service that runs a folder, as it is now. */
export async function serviceUnit(
  engine: Engine,
  name: string,
  { directory, command, prepare = [], env = {} }: ServiceOptions,
): Promise<Unit> {
  const content = await engine.contentOf({ service: name, directory, command, prepare });
  return {
    ...platformUnit('registry', env),
    name,
    role: 'service',
    program: { kind: 'folder', directory, content, command, prepare },
    hash: hashOf(content + JSON.stringify(env)),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where everything is of a system whose gateway takes whatever port is free. */
export function locate(engine: Engine, request: Partial<LocateRequest> = {}): Promise<Locations> {
  return engine.locate({
    gatewayPort: 'auto',
    gatewayBind: '127.0.0.1',
    edges: [],
    redis: false,
    databases: [],
    ...request,
  });
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
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // One that has ended and that nobody has waited for is as good as gone.
  return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, { encoding: 'utf8' }));
}
