import { planInit } from '../../app/init.ts';
import { baseName, relativeTo, resolvePath } from '../../app/paths.ts';
import { engineChoices } from '../../model/workspace.ts';
import { nameProblem } from '../../protocol/names.ts';
import { exampleNames } from '../../scaffold/answers/examples.ts';
import { kebabFrom } from '../../scaffold/words/names.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';
import { shellWord } from '../shell-words.ts';

/** Creates a workspace, empty or with an example in it. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const [dir] = input.args;
  const root = resolvePath(deps.directory, typeof dir === 'string' ? dir : '.');
  // Nothing here is a workspace yet that could be opened, and a killed init may have left half of one.
  await deps.files.recover(root);
  const name = textOption(input, 'name') ?? (await askName(deps, root));
  const example = exampleNames.find((each) => each === textOption(input, 'example'));
  const engine = engineChoices.find((each) => each === textOption(input, 'engine')) ?? 'auto';
  const wanted = { root, name, engine, example, force: isSet(input, 'force') };
  const where = relativeTo(deps.directory, root) ?? root;
  const enter = where === '.' ? [] : [`cd ${shellWord(where)}`];
  const then = example === undefined ? 'msa new service users' : 'cat README.md   # what to try';
  return finishChange(deps, {
    root,
    input,
    plan: () => planInit(generatorOf(deps), wanted),
    done: () => ({ title: `Created the workspace ${name} in ${where}`, next: [...enter, then] }),
  });
}

async function askName({ prompter }: Deps, root: string): Promise<string> {
  const proposed = kebabFrom(baseName(root));
  return prompter.text({
    message: 'Name of the workspace',
    flag: '--name <name>',
    ...(proposed === undefined ? {} : { default: proposed }),
    check: (answer) => {
      const problem = nameProblem(answer);
      return problem === undefined ? undefined : `It ${problem}.`;
    },
  });
}
