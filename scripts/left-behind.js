// What is left of a system on this machine: for the demo, which shows that it is nothing, and for the tests.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Everything of a workspace that still is on this machine, one line each; empty after `msa down --volumes`.
 * @param {{ workspace: string, root: string, docker: boolean }} where `docker`: whether an engine answers
 * @returns {Promise<readonly string[]>}
 */
export async function findLeftBehind({ workspace, root, docker }) {
  const found = await Promise.all([
    processesOf(root),
    runtimeFilesOf(workspace),
    docker ? dockerThingsOf(workspace) : [],
  ]);
  return found.flat();
}

/** Processes that work in the folder or were started with a variable or an argument that names it. @param {string} root */
async function processesOf(root) {
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

/** @param {string} workspace */
async function runtimeFilesOf(workspace) {
  const session = process.env['XDG_RUNTIME_DIR'];
  const directories = [...(session === undefined ? [] : [`${session}/msa`]), `/tmp/msa-${process.getuid?.() ?? 0}`];
  const found = await Promise.all(
    directories.map(async (directory) =>
      (await readdir(directory).catch(() => []))
        .filter((name) => name.includes(workspace))
        .map((name) => `file ${directory}/${name}`),
    ),
  );
  return found.flat();
}

/** @param {string} workspace */
async function dockerThingsOf(workspace) {
  const label = ['--filter', `label=msa.workspace=${workspace}`];
  const questions = [
    ['ps', '--all', ...label, '--format', 'container {{.Names}} {{.Status}}'],
    ['network', 'ls', ...label, '--format', 'network {{.Name}}'],
    ['volume', 'ls', ...label, '--format', 'volume {{.Name}}'],
  ];
  const answers = await Promise.all(questions.map((argv) => run('docker', argv)));
  return answers.flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line !== '');
}
