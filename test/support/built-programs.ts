import { join } from 'node:path';

type Program = 'gateway' | 'redis' | 'registry' | 'supervisor';

const path = join(import.meta.dirname, '../../dist/programs');

/** The programs that a system consists of, in one file each, as test/support/build-once.ts has built them. */
export const programs = {
  path,
  fileOf: (name: Program): string => join(path, `${name}.js`),
};
