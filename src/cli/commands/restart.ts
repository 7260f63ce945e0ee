import { restart } from '../../app/operate/restart.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, textArguments } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withProgress } from '../progress/with-progress.ts';
import { withRunning } from '../running.ts';

const defaultTimeoutMs = 60_000;

/** Replaces instances by new ones, one after the other. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const names = textArguments(input, 0);
  const timeoutMs = durationOption(input, 'timeout') ?? defaultTimeoutMs;
  return withRunning(deps, async (running) => {
    const { replaced, failure } = await withProgress(deps, (system) => restart(system, running, { names, timeoutMs }));
    const data = { type: 'result', replaced };
    if (failure !== undefined) return { data, text: '', failure };
    return { data, text: `${deps.colors.green('Restarted:')} ${replaced.join(', ')}` };
  });
}
