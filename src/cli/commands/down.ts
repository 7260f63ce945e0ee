import { down } from '../../app/system/down.ts';
import { findPlace } from '../../app/system/find-place.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withProgress } from '../progress/with-progress.ts';

/** Stops and removes everything of a workspace. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const place = await findPlace(deps, { directory: deps.directory, workspace: textOption(input, 'workspace') });
  const data = isSet(input, 'volumes');
  const result = await withProgress(deps, (system) => down(system, place, { data }));
  for (const remark of result.remarks) deps.say(remark);
  const isDown = result.engines.length > 0;
  const rest = data ? 'what its stores kept is removed' : 'nothing to stop';
  return {
    data: { type: 'result', workspace: place.workspace, ...result },
    text: isDown ? deps.colors.green(`${place.name} is down`) : `${place.name} does not run; ${rest}`,
  };
}
