import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';

import { docker, hasDocker } from './docker.ts';

/** Everything of a workspace that still is on this machine, one line each; empty after `msa down --volumes`. */
export async function leftBehind(workspace: string, root: string): Promise<readonly string[]> {
  const found = await Promise.all([processesOf(root), runtimeFilesOf(workspace), dockerThingsOf(workspace)]);
  return found.flat();
}

/** Processes that work in the folder or were started with a variable or an argument that names it. */
async function processesOf(root: string): Promise<readonly string[]> {
  if (!existsSync('/proc/self/environ')) return [];
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    ids.map(async (id) => {
      const [cwd, command, environment] = await Promise.all([
        readlink(`/proc/${id}/cwd`).catch(() => ''),
        readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''),
        readFile(`/proc/${id}/environ`, 'utf8').catch(() => ''),
      ]);
      const isOurs = [cwd, ...command.split('\0'), ...environment.split('\0')].some((text) => text.includes(root));
      return isOurs ? [`process ${id}: ${command.replaceAll('\0', ' ').trim()}`] : [];
    }),
  );
  return found.flat();
}

async function runtimeFilesOf(workspace: string): Promise<readonly string[]> {
  const directories = [
    process.env['XDG_RUNTIME_DIR'] === undefined ? [] : [`${process.env['XDG_RUNTIME_DIR']}/msa`],
    [`/tmp/msa-${process.getuid?.() ?? 0}`],
  ].flat();
  const found = await Promise.all(
    directories.map(async (directory) =>
      (await readdir(directory).catch(() => []))
        .filter((name) => name.includes(workspace))
        .map((name) => `file ${directory}/${name}`),
    ),
  );
  return found.flat();
}

async function dockerThingsOf(workspace: string): Promise<readonly string[]> {
  if (!hasDocker) return [];
  const filter = ['--filter', `label=msa.workspace=${workspace}`];
  const found = await Promise.all([
    docker('ps', '--all', ...filter, '--format', 'container {{.Names}} {{.Status}}'),
    docker('network', 'ls', ...filter, '--format', 'network {{.Name}}'),
    docker('volume', 'ls', ...filter, '--format', 'volume {{.Name}}'),
  ]);
  return found.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}
