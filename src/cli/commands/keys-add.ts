import { randomBytes } from 'node:crypto';

import { planAddKey } from '../../app/edit-keys.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textArgument, textOptions } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';

/** More than anybody can guess; the prefix lets scanners for leaked secrets know what they found. */
const keyBytes = 32;

/** Makes an API key. It is shown here and nowhere else: what is kept is its hash. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const name = textArgument(input, 0);
  const key = `msa_${randomBytes(keyBytes).toString('base64url')}`;
  const entry = {
    name,
    sha256: deps.sha256(key),
    roles: textOptions(input, 'role'),
    scopes: textOptions(input, 'scope'),
  };
  const plan = planOn(deps, opened, (current) => planAddKey(deps.files, current, entry));
  const next = [key, '', 'Keep it now: it is not shown again. `msa up` makes the gateway know it.'];
  const done = (): { title: string; next: readonly string[] } => ({ title: `The API key of ${name}`, next });
  const result = await finishChange(deps, { root: opened.root, input, plan, done });
  return isSet(input, 'dryRun') ? result : { ...result, data: { ...result.data, name, key } };
}
