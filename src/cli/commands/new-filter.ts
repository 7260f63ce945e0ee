import { filterStages, nextSteps, planNewFilter, type FilterStage } from '../../app/filters/new-filter.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, listOption, textArgument } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';

/** Adds a filter in code to the workspace. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const wanted = { name: textArgument(input, 0), stages: readStages(input), force: isSet(input, 'force') };
  return finishChange(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, (current) => planNewFilter(generatorOf(deps), current, wanted)),
    done: () => ({ title: `The filter ${wanted.name} is there`, next: nextSteps(wanted) }),
  });
}

function readStages(input: CommandInput): readonly FilterStage[] {
  const words = input.options['stage'] === undefined ? ['pre', 'post'] : listOption(input, 'stage');
  return words.map((word) => {
    const stage = filterStages.find((name) => name === word);
    if (stage !== undefined) return stage;
    throw new MsaError('MSA_USAGE', `--stage: there is no stage ${JSON.stringify(word.slice(0, 40))}`, {
      hint: `Choose of ${filterStages.join(', ')}: --stage pre,post`,
    });
  });
}
