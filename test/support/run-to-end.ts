import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Ended {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program that may well fail. */
export async function runToEnd(program: string, args: readonly string[], options: ExecFileOptions): Promise<Ended> {
  return execute(program, args, { ...options, encoding: 'utf8' }).then(
    (done) => ({ succeeded: true, ...done }),
    (error: { readonly stdout?: string; readonly stderr?: string }) => ({
      succeeded: false,
      stdout: '',
      stderr: '',
      ...error,
    }),
  );
}
