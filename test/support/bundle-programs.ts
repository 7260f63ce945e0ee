import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

import { bundleOptions } from '../../scripts/bundle-options.js';
import { tempDir } from './temp-dir.ts';

type Program = 'gateway' | 'redis' | 'registry' | 'supervisor';

const root = join(import.meta.dirname, '../..');

/** Programs of ours as they are now, in one file each; gone at the end of the `await using` scope. */
export async function bundlePrograms(...names: readonly Program[]) {
  const dir = await tempDir();
  await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name, `src/${name}/main.ts`])),
    outdir: dir.path,
    logLevel: 'error',
  });
  // As in the package: without it Node takes the files for the older module format.
  await writeFile(join(dir.path, 'package.json'), '{"type":"module"}');
  return {
    path: dir.path,
    fileOf: (name: Program): string => join(dir.path, `${name}.js`),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** The same for all tests of a file or a `describe`. */
export function programsForTests(...names: readonly Program[]) {
  let programs: Awaited<ReturnType<typeof bundlePrograms>>;
  beforeAll(async () => {
    programs = await bundlePrograms(...names);
  });
  afterAll(() => programs[Symbol.asyncDispose]());
  return {
    get path(): string {
      return programs.path;
    },
    fileOf: (name: Program): string => programs.fileOf(name),
  };
}
