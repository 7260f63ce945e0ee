import { shellSyntax, splitCommand } from './command-words.ts';
import { text } from './schema-parts.ts';

/** A command that is run without a shell. */
export const commandLine = () => text(/\S/, commandProblem);

/** Says why a command cannot be run without a shell, as the rest of a sentence. */
export function commandProblem(commandLineText: string): string | undefined {
  if (commandLineText.trim() === '') return 'must not be empty';
  if (splitCommand(commandLineText) !== undefined) return undefined;
  if (!shellSyntax.test(commandLineText)) return 'must have an end to each text in quotes';
  return 'must be one program with its arguments, since no shell runs it (`sh -c "…"` asks for one)';
}
