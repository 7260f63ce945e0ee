import { openWorkspace } from '../../app/open-workspace.ts';
import type { PlannedChange } from '../../app/planned-change.ts';
import { planUpgrade } from '../../app/upgrade.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';
import { mergeFailure } from '../merge-failure.ts';

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
  return {
    title: `Upgraded the generated files to msa ${version}`,
    next: ['git diff   # look at what changed'],
    failure: mergeFailure(decisions),
  };
}
