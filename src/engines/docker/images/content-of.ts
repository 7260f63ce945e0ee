import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

import ignoreModule from '@balena/dockerignore';

import { MsaError } from '../../../model/errors.ts';
import type { FolderSource } from '../../../ports/engine.ts';

/** Never part of a program, whatever the folder's .dockerignore says. */
const alwaysLeftOut = new Set(['.git', '.msa']);
/** Files read at the same time; more only wait for each other. */
const concurrency = 16;

/** A hash of all that the builder sees of a folder: names, contents, and which files can be executed. */
export async function dockerContentOf({ service, directory }: FolderSource): Promise<string> {
  await requireDockerfile(service, directory);
  const isIgnored = await readIgnore(directory);
  const paths = (await listFiles(directory, '', isIgnored)).toSorted();
  const hashes = new Map<string, string>();
  const queue = [...paths];
  const work = async (): Promise<void> => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop())
      hashes.set(path, await hashFile(join(directory, path)));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const all = createHash('sha256');
  for (const path of paths) all.update(`${path}\0${hashes.get(path)}\0`);
  return all.digest('hex');
}

async function requireDockerfile(service: string, directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => undefined);
  if (names?.includes('Dockerfile') === true) return;
  if (names === undefined)
    throw new MsaError('MSA_SERVICE_UNRUNNABLE', `the folder of ${service} cannot be read: ${directory}`, {
      hint: `Restore it, or remove the service: msa rm service ${service}`,
    });
  throw new MsaError('MSA_SERVICE_UNRUNNABLE', `${service} cannot run in Docker: ${directory} has no Dockerfile`, {
    hint: 'Write a Dockerfile (`msa new service` makes services that have one), or run without Docker: msa up --engine process',
  });
}

interface Ignore {
  readonly file: (path: string) => boolean;
  /** True when nothing below it can be wanted. */
  readonly directory: (path: string) => boolean;
}

async function readIgnore(directory: string): Promise<Ignore> {
  const texts = await Promise.all(
    // The builder prefers the first.
    ['Dockerfile.dockerignore', '.dockerignore'].map((name) =>
      readFile(join(directory, name), 'utf8').catch(() => undefined),
    ),
  );
  const text = texts.find((found) => found !== undefined) ?? '';
  const rules = ignoreModule.default({ ignorecase: false }).add(text);
  // What stands before a wildcard must agree with a directory for something below it to be taken back in.
  const wanted = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('!'))
    .map((line) =>
      line
        .slice(1)
        .trim()
        .replace(/^\.?\//, ''),
    );
  const mayHold = (path: string): boolean =>
    wanted.some(
      (pattern) =>
        `${pattern}/`.startsWith(`${path}/`) || (`${path}/`.startsWith(literalPart(pattern)) && isWild(pattern)),
    );
  return {
    file: (path) => path !== 'Dockerfile' && rules.ignores(path),
    directory: (path) => rules.ignores(path) && !mayHold(path),
  };
}

function isWild(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

function literalPart(pattern: string): string {
  return pattern.slice(0, Math.max(0, pattern.search(/[*?[]/)));
}

async function listFiles(root: string, below: string, ignore: Ignore): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (alwaysLeftOut.has(entry.name)) return [];
      if (entry.isDirectory()) return ignore.directory(path) ? [] : listFiles(root, path, ignore);
      return (entry.isFile() || entry.isSymbolicLink()) && !ignore.file(path) ? [path] : [];
    }),
  );
  return lists.flat();
}

const executableBits = 0o111;

async function hashFile(path: string): Promise<string> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return `link ${await readlink(path)}`;
  const executable = (stats.mode & executableBits) !== 0;
  return `${executable ? 'program' : 'file'} ${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`;
}
