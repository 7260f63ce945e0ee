import { pickInstance } from '../../app/operate/pick-instance.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { textArgument, textArguments } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withSystem } from '../running.ts';

/** Runs a command beside an instance, connected to this terminal, and ends as it does. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const name = textArgument(input, 0);
  const command = textArguments(input, 1);
  if (command.length === 0) {
    throw new MsaError('MSA_USAGE', 'msa exec needs a command behind the service', { hint: `msa exec ${name} -- sh` });
  }
  return withSystem(deps, async ({ engine, observation, services }) => {
    const { id } = pickInstance({ instances: observation.instances, services }, name);
    return { data: undefined, text: '', exitCode: await engine.exec(id, command) };
  });
}
