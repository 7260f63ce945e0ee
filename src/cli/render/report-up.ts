import type { UpResult } from '../../app/system/up.ts';
import { openMatches, servicesOf } from '../../protocol/route-services.ts';
import type { Desired } from '../../plan/desired.ts';
import type { CommandResult } from '../arguments/command.ts';
import { shellWord } from '../shell-words.ts';
import type { Colors } from '../terminal/colors.ts';

/** What came of `up`: where the system is reached, and a command that tries it. */
export function reportUp(result: UpResult, name: string, colors: Colors): CommandResult {
  const { engine, plan, desired, publicUrl, authorityFile, registryUrl, failure } = result;
  const changed = plan.operations.length > 0;
  const urls = { publicUrl, registryUrl: registryUrl ?? null, ...(authorityFile !== undefined && { authorityFile }) };
  const data = { type: 'result', engine, changed, ...urls };
  if (failure !== undefined) return { data, text: '', failure };
  const path = firstPath(desired);
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

/** One that a plain request is enough for, of services that run; else the gateway's own page, which says what there is. */
function firstPath({ units, system }: Desired): string {
  const runs = (service: string): boolean => units.some(({ name, replicas }) => name === service && replicas > 0);
  const open = system.routes.filter((route) => route.hosts === undefined && openMatches(route).length > 0);
  const route = open.find((each) => servicesOf(each).length > 0 && servicesOf(each).every(runs));
  return (route && openMatches(route)[0]?.path) ?? '/';
}
