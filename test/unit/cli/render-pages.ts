import type { ArgumentSpec, OptionSpec } from '../../../src/cli/arguments/command.ts';
import { commandLine, type CommandNode } from '../../../src/cli/arguments/command-tree.ts';
import { endingOptions, globalOptions } from '../../../src/cli/arguments/global-options.ts';
import { leavesOf, usageLine } from '../../../src/cli/arguments/help.ts';
import { bugCode } from '../../../src/cli/terminal/bug-report.ts';
import { errorTable } from '../../../src/model/errors.ts';

/** docs/errors.md, from the table of errors. */
export function renderErrorsPage(): string {
  const entries = Object.entries(errorTable).map(
    ([code, { when, remedy, exitCode }]) => `## ${code}\n\n${when}\n\n**Do:** ${remedy}\n\n**Exit code:** ${exitCode}`,
  );
  return `${[
    '# Errors',
    'Every error has a code, which never changes its meaning. On a terminal it stands after the message; with `--json` ' +
      'standard output holds `{"error": {"code", "message", "hint", "details", "data"}}`, all five keys always there.',
    '| exit code | meaning |\n| --- | --- |\n' +
      '| 0 | done |\n| 1 | the operation failed, or msa has a bug |\n| 2 | wrong usage, or an invalid `msa.yaml` |\n' +
      '| 3 | the environment is not ready |\n| 4 | an experiment was not held: the system did not bear it |\n' +
      '| 5 | an experiment is inconclusive |\n| 6 | a release failed, and so did taking it back |\n| 130 | interrupted |',
    ...entries,
    `## ${bugCode}\n\nSomething happened that msa does not know. It is a mistake in msa, not yours.\n\n` +
      '**Do:** Report it with the lines msa prints, which hold no values of options; `--debug` adds where it happened.\n\n' +
      '**Exit code:** 1',
  ].join('\n\n')}\n`;
}

/** docs/commands.md, from the table of commands. */
export function renderCommandsPage(root: CommandNode): string {
  const leaves = leavesOf(root);
  const rows = leaves.map(
    (leaf) => `| [\`${commandLine(leaf)}\`](#${commandLine(leaf).replaceAll(' ', '-')}) | ${leaf.summary} |`,
  );
  return `${[
    '# Commands',
    'The result goes to standard output, everything else to standard error; with `--json` standard output holds JSON ' +
      'alone ([its keys](json.md)), also for errors ([their codes](errors.md)). Questions are asked on a terminal only, not where `CI` ' +
      'is set and not with `--json`; every question has an option that answers it. Colours follow the terminal, ' +
      '`NO_COLOR`, `FORCE_COLOR` and `TERM=dumb`.',
    `| command | does |\n| --- | --- |\n${rows.join('\n')}`,
    ...leaves.map(renderCommand),
    '## Options of every command',
    renderOptions([...globalOptions, ...endingOptions]),
  ].join('\n\n')}\n`;
}

function renderCommand(leaf: CommandNode): string {
  const { details = [], arguments: args = [], options = [], examples = [] } = leaf.spec ?? {};
  return [
    `## ${commandLine(leaf)}`,
    `${leaf.summary}.`,
    `\`\`\`\n${usageLine(leaf)}\n\`\`\``,
    ...details.map((paragraph) => paragraph),
    ...(args.length === 0 ? [] : [args.map(renderArgument).join('\n')]),
    ...(options.length === 0 ? [] : [renderOptions(options)]),
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function renderArgument({ usage, description, choices }: ArgumentSpec): string {
  return `- \`${usage}\`: ${withChoices(description, choices)}`;
}

function renderOptions(options: readonly OptionSpec[]): string {
  const rows = options.map(
    ({ flags, description, choices }) => `| \`${flags}\` | ${withChoices(description, choices)} |`,
  );
  return `| option | does |\n| --- | --- |\n${rows.join('\n')}`;
}

function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices === undefined
    ? description
    : `${description} (${choices.map((choice) => `\`${choice}\``).join(', ')})`;
}
