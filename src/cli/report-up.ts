import type { UpResult } from '../app/system/up.ts';
import type { CommandResult } from './command.ts';
import type { Colors } from './deps.ts';
import { shellWord } from './shell-words.ts';

/** What came of `up`: where the system is reached, and a command that tries it. */
export function reportUp(result: UpResult, name: string, colors: Colors): CommandResult {
  const { engine, plan, desired, publicUrl, authorityFile, registryUrl, failure } = result;
  const changed = plan.operations.length > 0;
  const urls = { publicUrl, registryUrl: registryUrl ?? null, ...(authorityFile !== undefined && { authorityFile }) };
  const data = { type: 'result', engine, changed, ...urls };
  if (failure !== undefined) return { data, text: '', failure };
  const path = desired.system.routes[0]?.path ?? '/';
  return {
    data,
    text: [
      colors.green(changed ? `${name} is up` : `${name} is up; nothing changed`),
      '',
      `  gateway   ${publicUrl}`,
      ...(registryUrl === undefined ? [] : [`  registry  ${registryUrl}`]),
      ...(authorityFile === undefined ? [] : [`  trust     ${authorityFile}`]),
      '',
      `  curl ${authorityFile === undefined ? '' : `--cacert ${shellWord(authorityFile)} `}${publicUrl}${path}`,
    ].join('\n'),
  };
}
