import { requireControl } from '../../app/operate/first-state.ts';
import { readStats, watchStats } from '../../app/operate/read-stats.ts';
import { exitCodes } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { renderStats } from '../render/render-stats.ts';
import { withSystem } from '../running.ts';

/** Shows what the gateway does: on a terminal again and again until Ctrl-C, else what it did in the last seconds. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  return withSystem(deps, async ({ engine }) => {
    const control = await requireControl(engine);
    const canRedraw = deps.output.isTerminal && deps.env['TERM'] !== 'dumb';
    const isLive = canRedraw && !deps.output.json && !isSet(input, 'once');
    if (!isLive) {
      const report = await readStats(control, deps);
      return { data: report, text: renderStats(report, deps.colors) };
    }
    const signal = AbortSignal.any([deps.signal, deps.output.closed]);
    for await (const report of watchStats(control, { ...deps, signal })) {
      deps.output.redraw(renderStats(report, deps.colors));
    }
    const result = { data: undefined, text: '' };
    return deps.signal.aborted ? { ...result, exitCode: exitCodes.interrupted } : result;
  });
}
