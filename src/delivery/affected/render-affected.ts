import type { Affected } from './affected.ts';
import { stackIds, type StackId } from '../stacks.ts';

/** A line per affected service: name, stack and folder, with tabs between; the folder is last, for it may hold any. */
export function renderNames({ services }: Affected): string {
  return services.map(({ name, stack, path }) => `${name}\t${stack}\t${path}\n`).join('');
}

/**
 * Lines for $GITHUB_OUTPUT: for each stack of the workspace the services a matrix of jobs is made of, all of them, and
 * the names of what runs in the system test.
 */
export function renderGithub({ services, system }: Affected, stacks: ReadonlySet<StackId>): string {
  const matrices = stackIds
    .filter((id) => stacks.has(id))
    .map((id) => {
      const own = services.filter(({ stack }) => stack === id);
      return `check-${id}=${asciiJson(own.map(({ name, path }) => ({ service: name, path })))}`;
    });
  const all = services.map(({ name, path, stack }) => ({ service: name, path, stack }));
  return [...matrices, `services=${asciiJson(all)}`, `system=${system.join(' ')}`].map((line) => `${line}\n`).join('');
}

/** Whatever a name holds, and whatever the reader takes for the end of a line, it stays one line and one value. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
