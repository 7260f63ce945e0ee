import { execFileSync } from 'node:child_process';
import { env } from 'node:process';

import { expect, test, type TestContext } from 'vitest';

import { runMsaWith, type Run } from '../../support/run-msa.ts';
import { gitRepository } from '../../support/git-repository.ts';

/** The compiler or interpreter of a language: without it the test is skipped, in CI it fails. */
function need({ skip }: TestContext, program: string, ...version: readonly string[]): void {
  try {
    execFileSync(program, version, { stdio: 'ignore' });
  } catch {
    if (env['MSA_REQUIRE_JUDGES'] === '1') throw new Error(`${program} is not installed`);
    skip(`${program} is not installed`);
  }
}

/** `msa ci run check` in a workspace with one service of these files. */
async function check(files: Readonly<Record<string, string>>): Promise<Run> {
  await using repository = await gitRepository();
  const own = Object.entries(files).map(([path, text]) => [`services/stock/${path}`, text] as const);
  await repository.commit({
    'msa.yaml': 'name: shop\nservices:\n  stock:\n    path: services/stock\n',
    ...Object.fromEntries(own),
  });
  const options = { env: { PATH: env['PATH'], HOME: env['HOME'] } };
  return await runMsaWith(options, repository.root, 'ci', 'run', 'check', '--all', '--json');
}

function goService(total: number): Readonly<Record<string, string>> {
  const lines = [
    'package stock',
    'import "testing"',
    'func TestTotal(t *testing.T) {',
    `\tif Total(1, 2) != ${total} { t.Fatal("the total is wrong") }`,
    '}',
    '',
  ];
  return {
    'go.mod': 'module stock\n\ngo 1.21\n',
    'stock.go': 'package stock\n\nfunc Total(a, b int) int { return a + b }\n',
    'stock_test.go': lines.join('\n'),
  };
}

test('a service in Go is vetted, built and tested', { timeout: 180_000 }, async (context) => {
  need(context, 'go', 'version');
  const good = await check(goService(3));
  expect(good, good.stderr + good.stdout).toMatchObject({ exitCode: 0 });
  const bad = await check(goService(4));
  expect(bad).toMatchObject({ exitCode: 1 });
  expect(bad.stderr).toContain('the total is wrong');
});

test('a service in Python is installed apart from the machine', { timeout: 180_000 }, async (context) => {
  need(context, 'python3', '-m', 'venv', '--help');
  const run = await check({ 'requirements.txt': '# nothing yet\n', 'app.py': '' });
  expect(run, run.stderr + run.stdout).toMatchObject({ exitCode: 0 });
  expect(run.stderr).toContain('No pytest in requirements.txt.');
});

test('of a service with nothing but a Dockerfile there is nothing to check', async () => {
  const run = await check({ Dockerfile: 'FROM debian:trixie-slim\n' });
  expect(run, run.stderr + run.stdout).toMatchObject({ exitCode: 0 });
});
