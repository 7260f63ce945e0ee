import { MsaError } from '../../../model/errors.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import {
  supervisorPaths,
  type JobMessage,
  type JobRequest,
  type ProcessOwner,
} from '../../../protocol/supervisor-api.ts';
import type { SupervisorLink } from '../supervisor/supervisor-link.ts';

/** Where and for whom commands run that end by themselves. */
export interface StepRunner {
  readonly service: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly owner?: ProcessOwner;
  readonly supervisor: SupervisorLink;
  readonly signal: StopSignal;
  readonly report: (line: string) => void;
}

const keptLines = 20;

/** Runs a command under the supervisor, so that nothing of it outlives this process; throws MSA_BUILD_FAILED. */
export async function runStep(runner: StepRunner, command: readonly string[]): Promise<void> {
  const { service, directory, env, owner, supervisor, signal, report } = runner;
  const job: JobRequest = { name: service, command, directory, env, ...(owner && { owner }) };
  const last: string[] = [];
  let outcome: JobMessage | undefined;
  const call = { method: 'POST', path: supervisorPaths.jobs, body: job, signal } as const;
  for await (const message of supervisor.lines<JobMessage>(call)) {
    if (message.type !== 'line') {
      outcome = message;
      continue;
    }
    last.push(message.text);
    if (last.length > keptLines) last.shift();
    report(message.text);
  }
  signal.throwIfAborted();
  if (outcome?.type === 'end' && outcome.exitCode === 0) return;
  throw new MsaError('MSA_BUILD_FAILED', `${service}: ${describe(command, outcome)}`, { details: last });
}

function describe(command: readonly string[], outcome: JobMessage | undefined): string {
  const words = command.join(' ');
  if (outcome?.type === 'end') return `${words} ended with exit code ${outcome.exitCode}`;
  return outcome?.type === 'refused' ? `${words}: ${outcome.message}` : `${words} was ended`;
}
