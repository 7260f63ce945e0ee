import { planAdd } from '../../app/add/plan-add.ts';
import { withPipelines } from '../../app/delivery/pipeline/with-pipelines.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { countOption, textArgument, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';

/** Takes an existing folder, image or Compose file into the workspace. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const port = countOption(input, 'port', { least: 1, most: 65_535 });
  const health = textOption(input, 'health');
  const command = textOption(input, 'command');
  const route = textOption(input, 'route');
  const request = {
    source: textArgument(input, 0),
    directory: deps.directory,
    name: textOption(input, 'name'),
    given: {
      ...(port === undefined ? {} : { port }),
      ...(health === undefined ? {} : { health }),
      ...(command === undefined ? {} : { command }),
      ...(route === undefined ? {} : { routes: [{ path: route }] }),
    },
  };
  const plan = planOn(deps, opened, async (current) =>
    withPipelines(generatorOf(deps), opened.root, await planAdd(deps.files, current, request)),
  );
  return finishChange(deps, {
    root: opened.root,
    input,
    plan,
    done: ({ names }) => ({ title: `Added ${names.join(', ')}`, next: ['msa validate'] }),
  });
}
