import type { UpResult } from '../app/system/up.ts';
import type { CommandResult } from './command.ts';
import type { Colors } from './deps.ts';

/** What came of `up`: where the system is reached, and a command that tries it. */
export function reportUp(result: UpResult, name: string, colors: Colors): CommandResult {
  const { engine, plan, desired, publicUrl, registryUrl, failure } = result;
  const changed = plan.operations.length > 0;
  const data = { type: 'result', engine, changed, publicUrl, registryUrl: registryUrl ?? null };
  if (failure !== undefined) return { data, text: '', failure };
  const path = desired.system.routes[0]?.path ?? '/';
  return {
    data,
    text: [
      colors.green(changed ? `${name} is up` : `${name} is up; nothing changed`),
      '',
      `  gateway   ${publicUrl}`,
      ...(registryUrl === undefined ? [] : [`  registry  ${registryUrl}`]),
      '',
      `  curl ${publicUrl}${path}`,
    ].join('\n'),
  };
}
