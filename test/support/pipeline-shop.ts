import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { docker } from './docker.ts';
import { git } from './git-repository.ts';
import { npm, runBuiltMsa } from './rest-template.ts';
import { tempDir } from './temp-dir.ts';

const execute = promisify(execFile);
const project = join(import.meta.dirname, '../..');

/**
 * Takes the place of `docker` for the scanner, which cannot be pulled where there is no network: sees to it that there is an
 * image to scan. The folder it lies in stands first in PATH.
 */
export const dockerWithoutScanner = `#!/bin/bash
PATH=\${PATH#*:}
for word in "$@"; do
  case "$word" in
    anchore/grype:*) scans=true ;;
    docker:*) image=\${word#docker:} ;;
  esac
done
if [ "\${scans:-}" = true ]; then
  exec docker image inspect --format 'there is something to scan: {{.Id}}' "$image"
fi
exec docker "$@"
`;

export type PipelineShop = Awaited<ReturnType<typeof pipelineShop>>;

/**
 * The shop in a repository, with the pipeline that `msa new workflow` writes for it and the msa of this project, packed. At the end of
 * its scope nothing is left of it, in Docker neither.
 */
export async function pipelineShop(workflow: readonly string[]) {
  /** By this name what the runs leave in Docker can be told from what others do. */
  const name = `wf${randomBytes(4).toString('hex')}`;
  const dir = await tempDir();
  const root = join(dir.path, 'shop');
  const commits: string[] = [];
  const edit = async (path: string, change: (text: string) => string): Promise<void> => {
    const before = await readFile(join(root, path), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changes nothing`);
    await writeFile(join(root, path), after);
  };
  const commit = async (): Promise<string> => {
    await git(root, 'add', '--all');
    await git(root, 'commit', '--quiet', '--message', 'Change something');
    const made = await git(root, 'rev-parse', 'HEAD');
    commits.push(made);
    return made;
  };
  await runBuiltMsa(dir.path, 'init', 'shop', '--example', 'shop', '--name', name, '--yes');
  await edit('msa.yaml', (text) => text.replace('port: 8080', 'port: auto'));
  await leaveOneTestEach(root);
  await runBuiltMsa(root, 'new', 'workflow', ...workflow, '--yes');
  await pinPackedMsa(root);
  await git(root, 'init', '--quiet', '--initial-branch=main');
  return {
    root,
    /** For everything that a run leaves. */
    scratch: join(dir.path, 'scratch'),
    edit,
    /** Commits everything there is, and gives the commit. */
    commit,
    leftRunning: () => leftRunning(name),
    [Symbol.asyncDispose]: async () => {
      await removeImages(name, commits);
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** That jobs run the tests of services is what is tried here; test/e2e/shop.test.ts runs them all. */
async function leaveOneTestEach(root: string): Promise<void> {
  for (const service of ['users', 'payments', 'orders']) {
    const folder = join(root, 'services', service, 'test');
    const others = (await readdir(folder)).filter((file) => file.endsWith('.test.ts') && file !== 'config.test.ts');
    for (const file of others) await rm(join(folder, file));
  }
}

/** Puts this msa, packed, where the workspace's package.json says that its msa comes from. */
export async function pinPackedMsa(root: string): Promise<void> {
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', root], { cwd: project });
  const packed = (await readdir(root)).find((file) => file.endsWith('.tgz'));
  await rename(join(root, packed ?? ''), join(root, 'msa-cli.tgz'));
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await npm(root, ['install', '--save-dev', '--package-lock-only', ...quick, './msa-cli.tgz']);
}

/** Answers about a user no longer say where to write to. */
export function withoutEmail(text: string): string {
  const document = JSON.parse(text) as {
    components: { schemas: { User: { properties: Record<string, unknown>; required: readonly string[] } } };
  };
  const { User } = document.components.schemas;
  delete User.properties['email'];
  User.required = User.required.filter((property) => property !== 'email');
  return JSON.stringify(document, null, 2);
}

/** What runs or is kept in Docker for a workspace of this name. */
export async function leftRunning(name: string): Promise<readonly string[]> {
  const found = await Promise.all([
    docker('ps', '--all', '--format', '{{.Names}} {{.Label "msa.workspace"}}'),
    docker('network', 'ls', '--format', '{{.Name}} {{.Label "msa.workspace"}}'),
    docker('volume', 'ls', '--format', '{{.Name}} {{.Label "msa.workspace"}}'),
  ]);
  return found.flatMap((lines) => lines.split('\n')).filter((line) => line.includes(name));
}

/** Removes those that `msa up` and the pipeline built; the pipeline's have a commit as their tag, which nobody else has. */
export async function removeImages(name: string, commits: readonly string[]): Promise<void> {
  const listed = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
  const ours = listed
    .split('\n')
    .filter((image) => image.includes(`/${name}-`) || commits.some((commit) => image.endsWith(`:${commit}`)));
  if (ours.length > 0) await docker('image', 'rm', '--force', ...ours);
}
