import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { MsaError } from '../../../model/errors.ts';
import {
  greetingDescriptor,
  supervisorVariable,
  type SupervisorConfig,
  type SupervisorGreeting,
} from '../../../protocol/supervisor-api.ts';

const keptLines = 10;

/** Starts the supervisor's program, detached from this one and its terminal, and gives what it says of itself. */
export async function startSupervisor(
  program: string,
  config: SupervisorConfig,
  logFile: string | undefined,
): Promise<SupervisorGreeting> {
  const log = logFile === undefined ? 'ignore' : openSync(logFile, 'w', 0o600);
  const child = spawn(process.execPath, [program], {
    // Not the workspace: that may vanish.
    cwd: '/',
    // Its name in lists of processes tells what it is; the rest it gets with every request.
    env: { [supervisorVariable]: JSON.stringify(config), PATH: process.env['PATH'] },
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  if (typeof log === 'number') closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const failed = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)));
  const line = await Promise.race([readAll(child.stdio[greetingDescriptor]), failed]);
  const greeting = parseGreeting(line);
  if (greeting?.kind !== 'listening') await Promise.race([ended, failed]);
  child.unref();
  if (greeting !== undefined) return greeting;
  const said = logFile === undefined ? line : readFileSync(logFile, 'utf8');
  throw new MsaError('MSA_ENGINE_FAILED', 'the supervisor could not be started', {
    details: said.trim().split('\n').slice(-keptLines),
  });
}

function parseGreeting(line: string): SupervisorGreeting | undefined {
  try {
    const greeting: SupervisorGreeting = JSON.parse(line);
    return greeting;
  } catch {
    return undefined;
  }
}

/** Ends what a killed supervisor left, and its files. */
export function reapLeftovers(program: string, config: SupervisorConfig): Promise<SupervisorGreeting> {
  return startSupervisor(program, { ...config, mode: 'reap' }, undefined);
}

export function supervisorProgram(programsDirectory: string): string {
  return join(programsDirectory, 'supervisor.js');
}

async function readAll(stream: unknown): Promise<string> {
  if (!(stream instanceof Readable)) return '';
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}
