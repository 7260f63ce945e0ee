import { statSync } from 'node:fs';
import { join } from 'node:path';

const programs = ['gateway.js', 'redis.js', 'registry.js', 'supervisor.js'];

/** A text that changes whenever our own programs do, also while msa itself is worked on. */
export function platformVersion(directory: string, version: string): string {
  const builds = programs.map((program) => {
    const found = statSync(join(directory, program), { throwIfNoEntry: false });
    return `${program} ${found?.size} ${found?.mtimeMs}`;
  });
  return [version, ...builds].join('\n');
}
