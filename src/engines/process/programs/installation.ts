import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How a folder gets its packages. */
export interface Installation {
  readonly command: readonly string[];
  /** What it follows from, relative to the folder. */
  readonly source: string;
  /** What the package manager itself keeps of the last installation; newer than the source when that is current. */
  readonly receipt: string;
}

/** By the lock file, exactly what it says; without one as the manifest says, and no lock file is left behind. */
const installations: readonly Installation[] = [
  {
    source: 'package-lock.json',
    command: ['npm', 'ci', '--no-audit', '--no-fund'],
    receipt: 'node_modules/.package-lock.json',
  },
  {
    source: 'npm-shrinkwrap.json',
    command: ['npm', 'ci', '--no-audit', '--no-fund'],
    receipt: 'node_modules/.package-lock.json',
  },
  {
    source: 'pnpm-lock.yaml',
    command: ['pnpm', 'install', '--frozen-lockfile'],
    receipt: 'node_modules/.modules.yaml',
  },
  {
    source: 'yarn.lock',
    command: ['yarn', 'install', '--frozen-lockfile'],
    receipt: 'node_modules/.yarn-integrity',
  },
  {
    source: 'package.json',
    command: ['npm', 'install', '--no-package-lock', '--no-audit', '--no-fund'],
    receipt: 'node_modules/.package-lock.json',
  },
];

export function installation(directory: string): Installation | undefined {
  return installations.find(({ source }) => existsSync(join(directory, source)));
}
