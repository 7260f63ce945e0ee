import { planPinUpdate, type PinUpdate } from '../../app/delivery/pipeline/update-pins.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';

/** Moves what the pipelines pin to the versions that this msa knows. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  return finishChange<PinUpdate>(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, async ({ root }) => someOf(await planPinUpdate(deps.files, root))),
    done: ({ paths, decisions }) => ({
      title:
        decisions.length === 0
          ? `Nothing moves in ${counted(paths.length)}.`
          : `Moved the pins in ${counted(decisions.length)} to what msa ${deps.version} knows`,
    }),
  });
}

function someOf(plan: PinUpdate): PinUpdate {
  if (plan.paths.length > 0) return plan;
  throw new MsaError('MSA_USAGE', 'there is no pipeline here whose pins could move', {
    details: ['looked for .github/workflows, .gitlab-ci.yml, .gitlab and Jenkinsfile'],
    hint: 'msa new workflow github',
  });
}

function counted(files: number): string {
  return files === 1 ? 'one file' : `${files} files`;
}
