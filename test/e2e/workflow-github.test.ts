import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { git } from '../support/git-repository.ts';
import { createKeeper } from '../support/keeper.ts';
import { npmThatInstallsOnce } from '../support/npm-that-installs-once.ts';
import { dockerWithoutScanner, pipelineShop, withoutEmail, type PipelineShop } from '../support/pipeline-shop.ts';
import { runWorkflow } from '../support/run-workflow.ts';

/** The shop in a repository, with the pipeline that msa writes for it, run for pull requests as GitHub would run it. */
describe.skipIf(!hasDocker)('the workflow for GitHub', () => {
  const { keep, disposeAll } = createKeeper();
  let shop: PipelineShop;
  let base = '';

  beforeAll(async () => {
    shop = keep(await pipelineShop(['github', '--chaos', 'orders']));
    base = await shop.commit();
  });
  afterAll(disposeAll);

  /** The workflow for a pull request whose commit stands in the repository; only what leads to one job, where that is named. */
  const run = (job?: string) =>
    runWorkflow({
      repository: shop.root,
      workflow: '.github/workflows/delivery.yml',
      event: { name: 'pull_request', base },
      scratch: shop.scratch,
      programs: { docker: dockerWithoutScanner, npm: npmThatInstallsOnce },
      ...(job === undefined ? {} : { job }),
    });

  test('checks, builds and tries what a change touches, and nothing else', async () => {
    await git(shop.root, 'checkout', '--quiet', '-b', 'change', base);
    await appendFile(join(shop.root, 'services/orders/src/main.ts'), '\n// a change\n');
    const change = await shop.commit();
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
    expect(jobs.get('check-node orders')?.output).toContain('> tsc --noEmit');
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
    expect(await shop.leftRunning()).toEqual([]);
  });

  test('falls when a contract breaks, and names the caller', async () => {
    await git(shop.root, 'checkout', '--quiet', '-b', 'breaking', base);
    await shop.edit('services/users/openapi.json', withoutEmail);
    await shop.commit();
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
