import { compileFilters } from '../../app/filters/compile-filters.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { adviceFor, checkDisk } from '../../app/validate.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';

/** Checks msa.yaml and what it says of the disk. */
export async function run(_input: CommandInput, deps: Deps): Promise<CommandResult> {
  const { files, directory, say, colors } = deps;
  const opened = await openWorkspace(files, directory);
  const { workspace, root } = opened;
  const problems = await checkDisk(files, opened);
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    throw new MsaError(
      'MSA_WORKSPACE_INVALID',
      `msa.yaml is well written, but there ${problems.length === 1 ? 'is' : 'are'} ${count}`,
      {
        details: problems.map(({ service, message, hint }) => `${service}: ${message}. ${hint}`),
        data: { problems },
      },
    );
  }
  const filters = await compileFilters(deps, opened);
  const advice = adviceFor(workspace);
  for (const line of advice) say(line);
  const names = workspace.services.map(({ name }) => name);
  const count = names.length === 1 ? '1 service' : `${names.length} services`;
  return {
    data: { root, workspace, filters: filters.map(({ name, hash }) => ({ name, hash })), advice },
    text: `${colors.green('msa.yaml is valid')}: ${workspace.name}, ${count}${names.length === 0 ? '' : ` (${names.join(', ')})`}`,
  };
}
