import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openDockerEngine } from '../../../../../src/engines/docker/docker-engine.ts';
import type { Desired, Unit } from '../../../../../src/plan/desired.ts';
import type { Operation, OperationBody } from '../../../../../src/plan/operation.ts';
import { stores } from '../../../../../src/plan/stores.ts';
import type { Engine } from '../../../../../src/ports/engine.ts';
import { programs } from '../../../../support/built-programs.ts';
import { docker } from '../../../../support/docker.ts';
import { tempDir } from '../../../../support/temp-dir.ts';
import { desiredOf, platformUnit as unitOfRole, serviceUnit } from '../../support/units.ts';

export { locate } from '../../support/units.ts';

/** What these tests' image of the platform is known by. */
const testVersion = '0.0.0-test';

export type TestSystem = Awaited<ReturnType<typeof testSystem>>;

/** A workspace of its own, whose engine is driven operation by operation. All of it is gone at the end of its scope. */
export async function testSystem(env: Readonly<Record<string, string | undefined>> = process.env) {
  const dir = await tempDir();
  const workspace = `engine-${randomBytes(3).toString('hex')}`;
  const place = { workspace, name: 'engine', root: dir.path };
  const options = { programsDirectory: programs.path, env, version: testVersion };
  const engine = await openDockerEngine(options, place);
  const lines: string[] = [];
  let desired: Desired = routedOf(workspace, []);

  const perform = (body: OperationBody, signal: AbortSignal = new AbortController().signal): Promise<void> => {
    const operation: Operation = { ...body, id: body.kind, cause: 'test', needs: [] };
    return engine.perform(operation, {
      desired,
      signal,
      report: (line) => lines.push(line),
      notify: (line) => lines.push(line),
    });
  };
  return {
    engine,
    place,
    options,
    /** What builders have reported. */
    lines,
    perform,
    path: (...segments: readonly string[]) => join(dir.path, ...segments),
    /** Another engine for the same workspace, as the next command has it. */
    reopen: () => openDockerEngine(options, place),
    want: (units: readonly Unit[]): void => {
      desired = routedOf(workspace, units);
    },
    /** A folder with these files. */
    folder: async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
      const directory = join(dir.path, name);
      await mkdir(directory, { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
      return directory;
    },
    [Symbol.asyncDispose]: async () => {
      try {
        await perform({ kind: 'close', data: true });
        await removeImages(workspace);
      } finally {
        engine.disconnect();
        await dir[Symbol.asyncDispose]();
      }
    },
  };
}

/** Removes all of a workspace without the engine. */
export async function removeWorkspace(workspace: string): Promise<void> {
  const filter = `label=msa.workspace=${workspace}`;
  const containers = await listed('ps', '--all', '--quiet', '--filter', filter);
  if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers);
  const networks = await listed('network', 'ls', '--quiet', '--filter', filter);
  if (networks.length > 0) await docker('network', 'rm', ...networks);
  await removeImages(workspace);
}

/** Except for those that another test uses at this moment. */
async function removeImages(workspace: string): Promise<void> {
  const filters = [`label=msa.workspace=${workspace}`, `label=msa.version=${testVersion}`];
  const found = await Promise.all(filters.map((filter) => listed('images', '--quiet', '--filter', filter)));
  await Promise.allSettled([...new Set(found.flat())].map((id) => docker('rmi', id)));
}

async function listed(...argv: readonly string[]): Promise<readonly string[]> {
  return (await docker(...argv)).split('\n').filter((line) => line !== '');
}

/** Every service has the route of its name. */
function routedOf(workspace: string, units: readonly Unit[]): Desired {
  const services = units.filter(({ role }) => role === 'service');
  const routes = services.map(({ name }) => ({ path: `/${name}`, service: name, timeoutMs: 5000, retryAttempts: 2 }));
  return desiredOf(workspace, units, { routes });
}

export function storeUnit(role: 'redis' | 'postgres'): Unit {
  const { image } = stores[role];
  return { ...unitOfRole(role), program: { kind: 'image', image, command: undefined } };
}

export function platformUnit(role: 'registry' | 'gateway'): Unit {
  return unitOfRole(role, role === 'gateway' ? { REGISTRY_URL: 'http://registry:8761' } : {});
}

/** A unit that runs a folder, as it is now. */
export async function folderUnit(
  engine: Engine,
  name: string,
  { directory, env = {}, ...rest }: { directory: string; env?: Record<string, string> } & Partial<Unit>,
): Promise<Unit> {
  return { ...(await serviceUnit(engine, name, { directory, env })), ...rest };
}

/** A service that starts at once and does what its variables say. */
export const tinyService = {
  Dockerfile: 'FROM node:24-slim\nCOPY server.cjs /server.cjs\nUSER node\nCMD ["node", "/server.cjs"]\n',
  'server.cjs': `
const { env } = process;
if (env.EXIT) { console.error('ending with ' + env.EXIT); process.exit(Number(env.EXIT)); }
if (env.WRITE) require('node:fs').writeFileSync(env.WRITE, 'x');
if (env.EAT) { const eaten = []; setInterval(() => eaten.push(Buffer.alloc(8 * 1024 * 1024, 1)), 1); }
const server = require('node:http').createServer((request, response) => response.end(env.INSTANCE_ID));
if (!env.DEAF) server.listen(env.LISTEN_ON || env.PORT, env.LISTEN_AT || env.HOST, () => console.log('serving'));
else setInterval(() => {}, 1000);
process.on('SIGTERM', () => { console.log('leaving'); process.exit(0); });
`,
};
