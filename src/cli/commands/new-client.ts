import { planNewClient } from '../../app/new-client.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { resolvePath } from '../../app/paths.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textArgument, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';

/** Generates the typed client of one service in the folder of another. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const callee = textArgument(input, 0);
  const caller = textOption(input, 'for') ?? (await askCaller(deps, opened.workspace.services, callee));
  const from = textOption(input, 'from');
  const contractFile = from === undefined ? undefined : resolvePath(deps.directory, from);
  const wanted = { callee, caller, contractFile, force: isSet(input, 'force') };
  return finishChange(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, (current) => planNewClient(generatorOf(deps), current, wanted)),
    done: () => ({ title: `${caller} has a typed client of ${callee}` }),
  });
}

async function askCaller(
  { prompter }: Deps,
  services: readonly { readonly name: string }[],
  callee: string,
): Promise<string> {
  const callers = services.filter(({ name }) => name !== callee);
  if (callers.length === 0) throw new MsaError('MSA_SERVICE_UNKNOWN', `there is no service that could call ${callee}`);
  return prompter.choose({
    message: `Which service calls ${callee}?`,
    flag: '--for <caller>',
    choices: callers.map(({ name }) => ({ value: name })),
  });
}
