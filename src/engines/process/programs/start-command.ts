import type { PackageFacts } from './package-json.ts';

/** A script that needs no shell: `node` and plain words. */
const plainNodeScript = /^node(?: +[\w@%+=:,./-]+)+$/;

/**
 * What starts a folder that has no `command` of its own: its `start` script. A plain `node …` is run without npm, which
 * would stand between the supervisor and the program and cost half a second; npm runs whatever needs a shell, or scripts
 * before and after. Undefined when there is no such script.
 */
export function startCommand({ scripts }: PackageFacts): readonly string[] | undefined {
  const { start, prestart, poststart } = scripts as { start?: string; prestart?: string; poststart?: string };
  if (start === undefined) return undefined;
  const isPlain = prestart === undefined && poststart === undefined && plainNodeScript.test(start.trim());
  return isPlain ? start.trim().split(/ +/) : ['npm', 'start', '--silent'];
}
