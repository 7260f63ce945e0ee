import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';

import type { ProcessIdentity, ProcessOwner } from '../../protocol/supervisor-api.ts';
import { readProcess } from '../processes/process-table.ts';

export interface ChildRequest {
  readonly command: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly owner?: ProcessOwner | undefined;
}

/** A running command that leads a process group of its own. */
export interface Child {
  readonly identity: ProcessIdentity;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** When it has ended, whatever its own children do and whoever keeps its output open. */
  readonly ended: Promise<ChildEnd>;
}

export interface ChildEnd {
  /** A signal counts as 128 and its number. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

/** The command could not be started: there is no such program, or no such folder. */
export class SpawnError extends Error {}

/** Starts a command in a session of its own, without input, its output in pipes. Throws SpawnError. */
export async function spawnChild({ command, directory, env, owner }: ChildRequest): Promise<Child> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: directory,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
  });
  if (child.pid === undefined) throw new SpawnError(await explainFailure(child, command, directory));
  const identity = identityOf(child.pid);
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve({ exitCode: code ?? 128 + signalNumber(signal), signal: signal ?? undefined }),
    );
  });
  return { identity, stdout: child.stdout, stderr: child.stderr, ended };
}

/** One that has ended by now has no start time, and nobody will ever be taken for it. */
function identityOf(pid: number): ProcessIdentity {
  return { pid, started: readProcess(pid)?.started ?? '' };
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}

async function explainFailure(child: ChildProcess, command: readonly string[], directory: string): Promise<string> {
  const [error] = await once(child, 'error');
  const code: unknown = error instanceof Error && 'code' in error ? error.code : error;
  const program = command[0] ?? '';
  if (code === 'ENOENT' && !existsSync(directory)) return `the folder ${directory} is gone`;
  if (code === 'ENOENT') return `there is no program "${program}" here`;
  if (code === 'EACCES') return `"${program}" is not a program that may be run`;
  return `"${program}" could not be started: ${error instanceof Error ? error.message : String(error)}`;
}
