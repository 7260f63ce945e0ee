import { keysOf } from '../../app/edit-keys.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';
import { renderTable } from '../terminal/table.ts';

/** Shows who has an API key. */
export async function run(_input: CommandInput, deps: Deps): Promise<CommandResult> {
  const keys = keysOf(await openWorkspace(deps.files, deps.directory));
  const rows = keys.map(({ name, roles, scopes }) => [name, roles.join(', ') || '-', scopes.join(' ') || '-']);
  return {
    data: { keys: keys.map(({ name, roles, scopes }) => ({ name, roles, scopes })) },
    text: keys.length === 0 ? 'Nobody has an API key.' : renderTable(['NAME', 'ROLES', 'SCOPES'], rows, deps.colors),
  };
}
