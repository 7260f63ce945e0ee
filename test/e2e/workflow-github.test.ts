import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { git } from '../support/git-repository.ts';
import { createKeeper } from '../support/keeper.ts';
import { npm, runBuiltMsa } from '../support/rest-template.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { tempDir } from '../support/temp-dir.ts';

const execute = promisify(execFile);
const project = join(import.meta.dirname, '../..');
/** By this name what the runs leave in Docker can be told from what others do. */
const name = `wf${randomBytes(4).toString('hex')}`;

/** The scanner cannot be pulled here: what stands in for it sees to it that there is an image to scan. */
const dockerWithoutScanner = `#!/bin/bash
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

/** The shop in a repository, with the pipeline that msa writes for it, run for pull requests as GitHub would run it. */
describe.skipIf(!hasDocker)('the workflow for GitHub', () => {
  const { keep, disposeAll } = createKeeper();
  let root = '';
  let base = '';
  let scratch = '';
  const commits: string[] = [];

  beforeAll(async () => {
    const dir = keep(await tempDir());
    root = join(dir.path, 'shop');
    scratch = join(dir.path, 'scratch');
    await runBuiltMsa(dir.path, 'init', 'shop', '--example', 'shop', '--name', name, '--yes');
    await edit('msa.yaml', (text) => text.replace('port: 8080', 'port: auto'));
    await runBuiltMsa(root, 'new', 'workflow', 'github', '--chaos', 'orders', '--yes');
    await pinPackedMsa(root);
    await git(root, 'init', '--quiet', '--initial-branch=main');
    base = await commit();
  });
  afterAll(async () => {
    await removeImages(commits);
    await disposeAll();
  });

  async function edit(path: string, change: (text: string) => string): Promise<void> {
    const before = await readFile(join(root, path), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changes nothing`);
    await writeFile(join(root, path), after);
  }

  async function commit(): Promise<string> {
    await git(root, 'add', '--all');
    await git(root, 'commit', '--quiet', '--message', 'Change something');
    const made = await git(root, 'rev-parse', 'HEAD');
    commits.push(made);
    return made;
  }

  /** The workflow for a pull request whose commit stands in the repository; only what leads to one job, where that is named. */
  const run = (job?: string) =>
    runWorkflow({
      repository: root,
      workflow: '.github/workflows/delivery.yml',
      event: { name: 'pull_request', base },
      scratch,
      programs: { docker: dockerWithoutScanner },
      ...(job === undefined ? {} : { job }),
    });

  test('checks, builds and tries what a change touches, and nothing else', async () => {
    await git(root, 'checkout', '--quiet', '-b', 'change', base);
    await appendFile(join(root, 'services/orders/src/main.ts'), '\n// a change\n');
    const change = await commit();
    const { succeeded, jobs, log, artifacts } = await run();
    expect(succeeded, log).toBe(true);
    expect([...jobs.keys()].toSorted()).toEqual([
      'changes',
      'check-node orders',
      'contract',
      'gate',
      'image orders',
      'system',
    ]);
    expect(jobs.get('check-node orders')?.output).toContain('# fail 0');
    const image = await docker('image', 'inspect', '--format', '{{.Id}}', `orders:${change}`);
    expect(jobs.get('image orders')?.output).toContain(`there is something to scan: ${image}`);
    const system = jobs.get('system');
    for (const service of ['users', 'payments', 'orders']) expect(system?.output).toContain(`${service} is up`);
    expect(system?.output).toMatch(/passed +GET \/orders +200/);
    expect(system?.output).toMatch(/held +orders-\d was killed under load/);
    expect([...(system?.steps.keys() ?? [])]).toContain('stop it all');
    expect(jobs.get('gate')?.output).toContain('success success success success success');
    const reports = (await readdir(artifacts, { recursive: true })).filter((path) => path.endsWith('.xml'));
    expect(reports.toSorted()).toEqual([
      'contract-reports/contract.xml',
      'system-reports/chaos-orders.xml',
      'system-reports/smoke.xml',
    ]);
    for (const report of reports) {
      const text = await readFile(join(artifacts, report), 'utf8');
      expect(text, report).toContain('<testcase');
      expect(text, report).not.toMatch(/<(?:failure|error)/);
    }
    expect(await leftRunning()).toEqual([]);
  });

  test('falls when a contract breaks, and names the caller', async () => {
    await git(root, 'checkout', '--quiet', '-b', 'breaking', base);
    await edit('services/users/openapi.json', withoutEmail);
    await commit();
    const { succeeded, jobs, log } = await run('contract');
    expect(succeeded, log).toBe(false);
    expect(jobs.get('changes')?.output).toContain('2 of 3 services affected');
    const contract = jobs.get('contract');
    expect(contract?.succeeded).toBe(false);
    expect(contract?.output).toMatch(/users +.*\n(?:.*\n)*.*orders/);
    expect(contract?.output).toContain('the contract of users breaks callers');
    expect(contract?.steps.get('keep the report')).toBe('success');
  });
});

/** Puts this msa, packed, where the workspace's package.json says that its msa comes from. */
async function pinPackedMsa(root: string): Promise<void> {
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', root], { cwd: project });
  const packed = (await readdir(root)).find((file) => file.endsWith('.tgz'));
  await rename(join(root, packed ?? ''), join(root, 'msa-cli.tgz'));
  await npm(root, ['install', '--save-dev', '--package-lock-only', '--ignore-scripts', './msa-cli.tgz']);
}

/** Answers about a user no longer say where to write to. */
function withoutEmail(text: string): string {
  const document = JSON.parse(text) as {
    components: { schemas: { User: { properties: Record<string, unknown>; required: readonly string[] } } };
  };
  const { User } = document.components.schemas;
  delete User.properties['email'];
  User.required = User.required.filter((property) => property !== 'email');
  return JSON.stringify(document, null, 2);
}

async function leftRunning(): Promise<readonly string[]> {
  const found = await Promise.all([
    docker('ps', '--all', '--format', '{{.Names}} {{.Label "msa.workspace"}}'),
    docker('network', 'ls', '--format', '{{.Name}} {{.Label "msa.workspace"}}'),
    docker('volume', 'ls', '--format', '{{.Name}} {{.Label "msa.workspace"}}'),
  ]);
  return found.flatMap((lines) => lines.split('\n')).filter((line) => line.includes(name));
}

/** Those that `msa up` and the pipeline built; the pipeline's have a commit as their tag, which nobody else has. */
async function removeImages(commits: readonly string[]): Promise<void> {
  const listed = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
  const ours = listed
    .split('\n')
    .filter((image) => image.includes(`/${name}-`) || commits.some((commit) => image.endsWith(`:${commit}`)));
  if (ours.length > 0) await docker('image', 'rm', '--force', ...ours);
}
