import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { MsaError } from '../../model/errors.ts';
import { markerVariables, type InstanceEnvironment } from '../../protocol/supervisor-api.ts';

/** Runs a command connected to this terminal, where and as an instance runs; gives its exit code. */
export async function execBeside(
  { directory, env }: InstanceEnvironment,
  command: readonly string[],
  terminal: string | undefined,
): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...withoutMarkers(env), ...(terminal !== undefined && { TERM: terminal }) },
    stdio: 'inherit',
  });
  process.on('SIGINT', leaveIt);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(startError(program, error)));
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    process.off('SIGINT', leaveIt);
  }
}

/** Ctrl-C reaches the command by itself: what it means is the command's decision. */
function leaveIt(): void {}

/** The command is the user's own: it is not ended when the instance is. */
function withoutMarkers(env: InstanceEnvironment['env']): InstanceEnvironment['env'] {
  const markers: readonly string[] = Object.values(markerVariables);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !markers.includes(name)));
}

function startError(program: string, cause: Error): MsaError {
  const isMissing = 'code' in cause && cause.code === 'ENOENT';
  const why = isMissing ? 'there is no such program in the PATH of the instance' : cause.message;
  return new MsaError('MSA_ENGINE_FAILED', `${program} could not be started: ${why}`, { cause });
}
