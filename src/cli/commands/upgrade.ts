import type { PlannedChange } from '../../app/planned-change.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { planUpgrade } from '../../app/upgrade.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../command.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';

/** Brings generated files to this version's templates, keeping the user's edits. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  return finishChange(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, (current) => planUpgrade(generatorOf(deps), current)),
    done: (plan) => describe(plan, deps.version),
  });
}

function describe({ changes, decisions }: PlannedChange, version: string) {
  if (changes.length === 0) return { title: 'Everything generated is current.' };
  const conflicts = decisions.filter(({ action }) => action === 'conflict').map(({ path }) => path);
  return {
    title: `Upgraded the generated files to msa ${version}`,
    next: ['git diff   # look at what changed'],
    failure: conflicts.length === 0 ? undefined : conflictError(conflicts),
  };
}

function conflictError(conflicts: readonly string[]): MsaError {
  return new MsaError('MSA_MERGE_CONFLICTS', 'your edits and the new template touch the same lines', {
    details: conflicts,
    hint: 'Look for <<<<<<< in these files; everything else is upgraded.',
    data: { conflicts },
  });
}
