import type { StepContext } from '../../app/delivery/ci/run-tasks.ts';
import type { MsaCommand, MsaStep } from '../../delivery/ci/plan-run.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandSpec } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';

const handlers: Readonly<Record<MsaCommand, CommandSpec['load']>> = {
  contract: () => import('../commands/contract.ts'),
  up: () => import('../commands/up.ts'),
  smoke: () => import('../commands/smoke.ts'),
  'chaos kill': () => import('../commands/chaos-kill.ts'),
  down: () => import('../commands/down.ts'),
};

/**
 * Runs a command of msa as a step of another: what it would print comes as lines. Gives why it failed, if it did; throws
 * when it was interrupted.
 */
export async function runWithin(
  deps: Deps,
  { command, args, options }: MsaStep,
  { onLine, signal }: StepContext,
): Promise<string | undefined> {
  const say = (text: string): void => {
    for (const line of text.split('\n')) onLine(line);
  };
  try {
    const { run } = await handlers[command]();
    const { text, failure } = await run({ args, options }, withOwnOutput(deps, { say, signal }));
    if (text !== '') say(text);
    return failure === undefined ? undefined : explain(failure, say);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MsaError) return explain(error, say);
    throw error;
  }
}

function explain({ message, details, hint }: MsaError, say: Deps['say']): string {
  for (const line of [...details, ...(hint === undefined ? [] : [hint])]) say(line);
  return message;
}

interface OwnOutput {
  readonly say: Deps['say'];
  readonly signal: StepContext['signal'];
}

/** Nothing is drawn, and nothing of it is the result. */
function withOwnOutput(deps: Deps, { say, signal }: OwnOutput): Deps {
  const stopper = new AbortController();
  const stop = (): void => stopper.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const output = { ...deps.output, json: false, isTerminal: false, line: say };
  return { ...deps, say, output, liveView: undefined, yes: true, interactive: false, signal: stopper.signal };
}
