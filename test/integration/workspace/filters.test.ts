import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';

import { testWorkspace } from '../../support/workspace.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

/** A workspace of one service whose route has these filters. */
async function withFilters(filters: string) {
  const workspace = await testWorkspace();
  await workspace.done('new', 'service', 'users', '--yes');
  await workspace.edit('msa.yaml', (text) =>
    text.replace('- path: /users', `- path: /users\n        filters: ${filters}`),
  );
  return workspace;
}

describe('msa new filter', () => {
  test('writes a filter, its test, the types and a tsconfig, and says how it is put to use', async () => {
    await using workspace = await testWorkspace();
    const { stdout } = await workspace.done('new', 'filter', 'stamp');
    expect(Object.keys(await workspace.snapshot()).filter((path) => path.startsWith('gateway/'))).toEqual([
      'gateway/filters/msa-filters.d.ts',
      'gateway/filters/stamp.test.ts',
      'gateway/filters/stamp.ts',
      'gateway/filters/tsconfig.json',
    ]);
    expect(stdout).toContain('filters: [stamp]');
    expect(await workspace.read('gateway/filters/stamp.ts')).toContain('pre(request, context)');
  });

  test.each(['pre', 'route', 'post', 'error', 'pre,post', 'pre,route,post,error'])(
    'with the stages %s: what it writes type-checks with nothing installed, and its test succeeds',
    async (stages) => {
      await using workspace = await testWorkspace();
      await workspace.done('new', 'filter', 'stamp', '--stage', stages);
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', join(workspace.root, 'gateway/filters')]);
      const outfile = join(workspace.root, 'stamp.test.mjs');
      const entryPoints = [join(workspace.root, 'gateway/filters/stamp.test.ts')];
      await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
      const { stdout } = await run(process.execPath, ['--test', outfile]);
      expect(stdout).toMatch(/# pass [1-9]/);
    },
  );

  test.each([
    [['new', 'filter', 'Stamp'], 'the name "Stamp" must be the name of a file'],
    [['new', 'filter', '../x'], 'the name "../x" must be the name of a file'],
    [['new', 'filter', 'msa-filters'], 'must be another name'],
    [['new', 'filter', 'stamp', '--stage', 'pre,mid'], '--stage: there is no stage "mid"'],
    [['new', 'filter'], 'name'],
  ])('%j is refused', async (argv, message) => {
    await using workspace = await testWorkspace();
    const before = await workspace.snapshot();
    const { exitCode, stderr } = await workspace.run(...argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) });
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('leaves an edited filter alone', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'filter', 'stamp');
    await workspace.write('gateway/filters/stamp.ts', 'export default { pre() {} };\n');
    await workspace.done('new', 'filter', 'stamp');
    await workspace.done('new', 'filter', 'other');
    expect(await workspace.read('gateway/filters/stamp.ts')).toBe('export default { pre() {} };\n');
  });

  test('shows with --dry-run what it would write', async () => {
    await using workspace = await testWorkspace();
    const before = await workspace.snapshot();
    const { stdout } = await workspace.done('new', 'filter', 'stamp', '--dry-run');
    expect(stdout).toContain('gateway/filters/stamp.ts');
    expect(await workspace.snapshot()).toEqual(before);
  });

  test('has its types brought up to date by msa upgrade, and only them', async () => {
    await using workspace = await testWorkspace();
    await workspace.done('new', 'filter', 'stamp');
    const types = await workspace.read('gateway/filters/msa-filters.d.ts');
    for (const path of ['gateway/filters/msa-filters.d.ts', '.msa/base/@filters/files/msa-filters.d.ts.base'])
      await workspace.write(path, 'export type Old = 1;\n');
    await workspace.write('gateway/filters/stamp.ts', 'export default { pre() {} };\n');
    await workspace.done('upgrade');
    expect(await workspace.read('gateway/filters/msa-filters.d.ts')).toBe(types);
    expect(await workspace.read('gateway/filters/stamp.ts')).toBe('export default { pre() {} };\n');
    expect((await workspace.done('upgrade')).stdout).not.toContain('gateway/filters');
  });
});

describe('msa validate', () => {
  test('compiles the filters that routes have', async () => {
    await using workspace = await withFilters('[stamp]');
    await workspace.done('new', 'filter', 'stamp');
    await workspace.write('gateway/filters/unused.ts', 'export default {');
    const { json } = await workspace.done('validate', '--json');
    expect(json()).toMatchObject({ filters: [{ name: 'stamp', hash: expect.stringMatching(/^[\da-f]{64}$/) }] });
  });

  test('says where a filter is named that is not there, and which one was meant', async () => {
    await using workspace = await withFilters('[stmp, { filter: quux }]');
    await workspace.done('new', 'filter', 'stamp');
    const { exitCode, stderr } = await workspace.run('validate');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /msa\.yaml:\d+:19 There is no filter `stmp`: gateway\/filters\/stmp\.ts does not exist\. Did you mean `stamp`\?/,
    );
    expect(stderr).toMatch(/msa\.yaml:\d+:35 There is no filter `quux`: .* There are: stamp\./);
    expect(stderr).toContain('msa new filter quux');
  });

  test('says where a filter does not compile', async () => {
    await using workspace = await withFilters('[stamp]');
    await workspace.write('gateway/filters/stamp.ts', 'export default {\n  pre() { return 1 +; },\n};\n');
    const { exitCode, stderr } = await workspace.run('validate');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('MSA_FILTER_INVALID');
    expect(stderr).toContain('gateway/filters/stamp.ts:2:21 ');
  });
});

describe('msa export compose', () => {
  test('brings the filters along', async () => {
    await using workspace = await withFilters('[stamp]');
    await workspace.done('new', 'filter', 'stamp');
    const { stdout } = await workspace.done('export', 'compose', '--output', '-');
    expect(stdout).toContain('sourceMappingURL=data:application/json;base64');
  });

  test('refuses filters that are larger than a variable may be', async () => {
    await using workspace = await withFilters('[stamp]');
    const text = JSON.stringify('x'.repeat(120 * 1024));
    await workspace.write('gateway/filters/stamp.ts', `export default { pre: () => ${text} };`);
    const { exitCode, stderr } = await workspace.run('export', 'compose', '--output', '-');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('too large for a Compose file');
  });
});
