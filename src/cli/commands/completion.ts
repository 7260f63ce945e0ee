import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { renderCompletionScript } from '../completion/scripts.ts';
import { shells } from '../completion/shells.ts';

/** Prints the script that teaches a shell to complete msa. */
export async function run({ args }: CommandInput): Promise<CommandResult> {
  const shell = shells.find((name) => name === args[0]);
  if (shell === undefined) throw new Error('main checks the shell against the choices of the argument.');
  const script = renderCompletionScript(shell);
  return { data: { shell, script }, text: script };
}
