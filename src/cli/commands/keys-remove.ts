import { planRemoveKey } from '../../app/edit-keys.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { textArgument } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';

/** Ends an API key. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const name = textArgument(input, 0);
  return finishChange(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, (current) => planRemoveKey(deps.files, current, name)),
    done: () => ({ title: `Removed the key of ${name}`, next: ['msa up makes the gateway forget it.'] }),
  });
}
