import { withPipelines } from '../../app/delivery/pipeline/with-pipelines.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import type { PlannedChange } from '../../app/planned-change.ts';
import { planRemoveService } from '../../app/remove-service.ts';
import { MsaError } from '../../model/errors.ts';
import { renderDecisions } from '../../scaffold/changes/changes.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textArgument } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';

/** Removes a service, its folder and every call to it. Code may be lost, so it never happens without a yes. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const name = textArgument(input, 0);
  const keepFiles = isSet(input, 'keepFiles');
  const isAgreed = deps.interactive || deps.yes || isSet(input, 'dryRun');
  const plan = planOn(deps, opened, async (current) => {
    const removal = await planRemoveService(deps.files, current, { name, keepFiles });
    const planned = await withPipelines(generatorOf(deps), opened.root, removal);
    if (isAgreed || !deletesFolder(planned)) return planned;
    throw new MsaError('MSA_ANSWER_MISSING', `removing ${name} deletes files and there is no terminal to ask on`, {
      details: renderDecisions(planned.decisions),
      hint: 'Add --yes to confirm, --keep-files to keep the folder, or --dry-run to look.',
    });
  });
  const question = { message: keepFiles ? 'Change these files?' : 'Delete all of this?', default: false };
  return finishChange(deps, {
    root: opened.root,
    input,
    plan,
    question,
    done: () => ({ title: `Removed the service ${name}` }),
  });
}

/** What msa recorded of a service goes with it; its folder may hold work of somebody. */
function deletesFolder({ changes }: PlannedChange): boolean {
  return changes.some(({ kind, path }) => kind === 'delete-directory' && !path.startsWith('.msa/'));
}
