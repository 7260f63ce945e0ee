import { randomBytes } from 'node:crypto';

import { findOutputPlace } from '../../app/export/output-place.ts';
import { composeFileFor, planComposeExport, type ExportDeps } from '../../app/export/plan-compose-export.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { pathBetween } from '../../app/paths.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { shellWord } from '../shell-words.ts';

/** Writes a folder that runs the system with Docker Compose alone; `--output -` prints the Compose file instead. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const output = textOption(input, 'output');
  const place = await findOutputPlace(deps.files, {
    directory: deps.directory,
    workspaceRoot: opened.root,
    output: output === '-' ? undefined : output,
  });
  const exportDeps = { ...deps, randomText: () => randomBytes(24).toString('hex') } satisfies ExportDeps;
  if (output === '-') {
    const { text, notes } = await composeFileFor(exportDeps, opened, place);
    for (const note of notes) deps.say(note);
    return { data: { compose: text }, text: text.trimEnd() };
  }
  const plan = planOn(deps, opened, (current) =>
    planComposeExport(exportDeps, current, { place, force: isSet(input, 'force') }),
  );
  const folder = pathBetween(deps.directory, place.folder);
  return finishChange(deps, {
    root: place.root,
    input,
    plan,
    done: () => ({
      title: `${opened.workspace.name} runs without msa from ${folder === '.' ? 'here' : folder}`,
      next: [...(folder === '.' ? [] : [`cd ${shellWord(folder)}`]), `${place.command} up -d --wait --build`],
    }),
  });
}
