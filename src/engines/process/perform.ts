import { rm } from 'node:fs/promises';

import { MsaError } from '../../model/errors.ts';
import type { Unit } from '../../plan/desired.ts';
import type { Operation } from '../../plan/operation.ts';
import type { Place, Work } from '../../ports/engine.ts';
import { supervisorPaths } from '../../protocol/supervisor-api.ts';
import type { EngineOptions } from '../create-engines.ts';
import type { PortKeeper } from './locate/port-keeper.ts';
import { clusterHome } from './postgres/database-files.ts';
import { prepareFolder } from './prepare/prepare-folder.ts';
import { searchPath } from './programs/instance-base.ts';
import { launchRequest } from './programs/launch-request.ts';
import { runDirectoryOf } from './run-directory.ts';
import type { SupervisorLink } from './supervisor/supervisor-link.ts';

export interface PerformParts {
  readonly options: EngineOptions;
  readonly place: Place;
  readonly supervisor: SupervisorLink;
  readonly ports: PortKeeper;
  readonly databasePassword: () => string;
  readonly artefactKey: (unit: Unit) => string | undefined;
}

/** Carries out one operation. */
export async function performOperation(parts: PerformParts, operation: Operation, work: Work): Promise<void> {
  work.signal.throwIfAborted();
  switch (operation.kind) {
    case 'open':
      await parts.ports.open();
      return;
    case 'build':
      return build(parts, operation.unit, work);
    case 'start':
      return start(parts, operation, work);
    case 'publish':
      return publish(parts, work);
    case 'stop':
      await parts.supervisor.call({ method: 'DELETE', path: supervisorPaths.instance(operation.instance) });
      return;
    case 'close':
      return close(parts, operation.data);
    case 'await':
      throw new Error(`no engine carries out ${operation.id}`);
  }
}

async function build(parts: PerformParts, unit: Unit, { signal, report }: Work): Promise<void> {
  const { program, name } = unit;
  const key = parts.artefactKey(unit);
  if (program.kind !== 'folder' || key === undefined) return;
  const { supervisor, options, place } = parts;
  const { directory, prepare, command } = program;
  const env = builderEnvironment(options.env, directory);
  await prepareFolder({
    root: place.root,
    key,
    service: name,
    directory,
    prepare,
    command,
    env,
    supervisor,
    signal,
    report,
  });
}

/** A builder gets what a developer's shell has. NODE_ENV is left out: `production` installs no compilers. */
function builderEnvironment(env: EngineOptions['env'], directory: string): Readonly<Record<string, string>> {
  const { NODE_ENV: _omitted, ...rest } = env;
  const present = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(present), PATH: searchPath(env, directory) };
}

async function start(
  { options, place, supervisor, ports: keeper, databasePassword }: PerformParts,
  { unit, index }: { readonly unit: Unit; readonly index: number },
  { signal, report, notify }: Work,
): Promise<void> {
  const ports = await keeper.commit();
  const situation = { options, place, supervisor, ports, databasePassword: databasePassword(), signal, report, notify };
  const body = await launchRequest(unit, index, situation);
  await supervisor.call({ method: 'POST', path: supervisorPaths.instances, body, signal });
}

async function publish({ supervisor, ports }: PerformParts, { desired, signal }: Work): Promise<void> {
  await ports.commit();
  await supervisor.call({ method: 'PUT', path: supervisorPaths.system, body: { system: desired.system }, signal });
}

/** The supervisor takes what it made; data are the user's, and go only when that is asked for. */
async function close({ supervisor, place, ports }: PerformParts, withData: boolean): Promise<void> {
  await supervisor.close();
  await ports.release();
  if (!withData) return;
  for (const data of [clusterHome(place), runDirectoryOf(place.root).data]) {
    try {
      await rm(data, { recursive: true, force: true });
    } catch (cause) {
      throw new MsaError('MSA_DOWN_FAILED', `the data at ${data} could not be removed`, { cause });
    }
  }
}
