import { join } from 'node:path';

import { MsaError } from '../../../model/errors.ts';
import type { Role, Unit } from '../../../plan/desired.ts';
import { certificateVariables } from '../../../plan/service-environment.ts';
import type { Place } from '../../../ports/engine.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { LaunchRequest, PortTable } from '../../../protocol/supervisor-api.ts';
import type { EngineOptions } from '../../create-engines.ts';
import { prepareServer } from '../postgres/database-server.ts';
import { ensureDatabase } from '../postgres/ensure-database.ts';
import { makeRunDirectory, runDirectoryOf } from '../run-directory.ts';
import type { SupervisorLink } from '../supervisor/supervisor-link.ts';
import { inspectFolder } from './inspect-folder.ts';
import { baseEnvironment } from './instance-base.ts';
import { redisProgram } from './redis-program.ts';

export interface LaunchSituation {
  readonly options: EngineOptions;
  readonly place: Place;
  readonly supervisor: SupervisorLink;
  readonly ports: PortTable;
  readonly databasePassword: string;
  readonly signal: StopSignal;
  readonly report: (line: string) => void;
  readonly notify: (sentence: string) => void;
}

const loopback = '127.0.0.1';

/** What the supervisor needs to start an instance of a unit. Throws MSA_SERVICE_UNRUNNABLE. */
export async function launchRequest(unit: Unit, index: number, situation: LaunchSituation): Promise<LaunchRequest> {
  const { name, role, hash } = unit;
  return { id: `${name}-${index}`, unit: name, role, index, hash, ...(await programs[role](unit, situation)) };
}

type ProgramPart = Pick<LaunchRequest, 'command' | 'directory' | 'env' | 'host' | 'port' | 'owner' | 'stopSignal'>;

const programs: Readonly<Record<Role, (unit: Unit, situation: LaunchSituation) => ProgramPart | Promise<ProgramPart>>> =
  {
    registry: (unit, situation) => platformPart(unit, situation, { host: loopback, port: situation.ports.registry }),
    gateway: (unit, situation) =>
      platformPart(unit, situation, { host: situation.ports.gatewayBind, port: situation.ports.gateway }),
    redis: redisPart,
    postgres: postgresPart,
    service: servicePart,
  };

function platformPart(
  { role, env, certificate }: Unit,
  { options }: LaunchSituation,
  address: { readonly host: string; readonly port: number },
): ProgramPart {
  return {
    ...address,
    command: [process.execPath, join(options.programsDirectory, `${role}.js`)],
    directory: options.programsDirectory,
    env: { ...baseEnvironment(options.env), ...env, ...(certificate && certificateVariables(certificate)) },
  };
}

function redisPart({ env }: Unit, { options, place: { root }, ports, notify }: LaunchSituation): ProgramPart {
  const { programsDirectory } = options;
  const dataDirectory = join(runDirectoryOf(root).data, 'redis');
  const choice = { searchPath: options.env['PATH'], programsDirectory, dataDirectory, port: ports.redis };
  const { command, keepsData, notice } = redisProgram(choice);
  if (notice !== undefined) notify(notice);
  if (keepsData) makeRunDirectory(root, dataDirectory);
  const directory = keepsData ? dataDirectory : programsDirectory;
  const all = { ...baseEnvironment(options.env), ...env };
  return { command, directory, env: all, host: loopback, port: ports.redis };
}

/** A fast shutdown, because the other kind waits for every client to leave. */
async function postgresPart({ env: own }: Unit, situation: LaunchSituation): Promise<ProgramPart> {
  const { options, place, supervisor, databasePassword: password, signal, report } = situation;
  const port = situation.ports.postgres;
  const searchPath = options.env['PATH'];
  const env = { ...baseEnvironment(options.env), ...own };
  const server = await prepareServer({ place, searchPath, env, port, password, supervisor, signal, report });
  const { command, owner } = server;
  return { command, directory: '/', env, host: loopback, port, stopSignal: 'SIGINT', ...(owner && { owner }) };
}

async function servicePart(
  unit: Unit,
  { options, place, ports, signal, notify }: LaunchSituation,
): Promise<ProgramPart> {
  const { memoryBytes, cpus } = unit.limits;
  if (memoryBytes !== undefined || cpus !== undefined)
    notify(`The limits of ${unit.name} are not enforced: plain processes have none.`);
  const { directory, command } = await serviceProgram(unit, place.root);
  await ensureDatabase(unit, ports.postgres, signal);
  return { command, directory, env: { ...baseEnvironment(options.env, directory), ...unit.env }, host: loopback };
}

async function serviceProgram(
  { name, program }: Unit,
  root: string,
): Promise<{ readonly directory: string; readonly command: readonly string[] }> {
  if (program.kind === 'folder') {
    const { directory } = program;
    const { command } = await inspectFolder({ ...program, service: name });
    return { directory, command };
  }
  if (program.kind === 'image' && program.command !== undefined) return { directory: root, command: program.command };
  throw new MsaError('MSA_SERVICE_UNRUNNABLE', `${name} is an image, and msa.yaml gives it no command`, {
    hint: `Say what to run in msa.yaml, services.${name}.command, or use Docker: msa up --engine docker`,
  });
}
