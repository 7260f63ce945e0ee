import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { tempDir } from '../../support/temp-dir.ts';
import { bin, driveTerminal, spawnMsa } from './terminal.ts';

/** msa as far as completion needs it; any other command only shows what became of the line. */
const echoing = `#!/bin/bash
case "$1" in __complete | completion) [ -t 1 ] || exec ${process.execPath} ${bin} "$@" ;; esac
echo "GOT""[msa $*]"
`;

/** A workspace, half written as it is while one types, with msa on PATH and a file and directories beside it. */
async function workspace(): Promise<{ readonly path: string; readonly env: { PATH: string } } & AsyncDisposable> {
  const dir = await tempDir();
  await mkdir(join(dir.path, 'path'));
  await mkdir(join(dir.path, 'shop/deep'), { recursive: true });
  await writeFile(join(dir.path, 'path/msa'), echoing, { mode: 0o755 });
  await writeFile(join(dir.path, 'shop/open api.json'), '{}');
  await writeFile(
    join(dir.path, 'shop/msa.yaml'),
    'name: shop\nservices:\n  users: { path: a }\n  "$(touch evil)": {}\n  payments:\n    calls: [users\n',
  );
  return {
    path: join(dir.path, 'shop'),
    env: { PATH: `${join(dir.path, 'path')}:${process.env['PATH']}` },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

function has(shell: string): boolean {
  const found = spawnSync(shell, ['-c', ':']).status === 0;
  if (!found) process.stderr.write(`Completion is not tried in ${shell}: it is not installed.\n`);
  return found;
}

/** What every shell must make of a line: the texts it may end in. */
const expectations: readonly (readonly [line: string, completed: string])[] = [
  ['msa doc', 'msa doctor'],
  ['msa new ser', 'msa new service'],
  ['msa rm service u', 'msa rm service users'],
  ['msa new service x --dry', 'msa new service x --dry-run'],
  ['msa new service x --store red', 'msa new service x --store redis'],
  ['msa new service x --store=red', 'msa new service x --store=redis'],
  ['msa new service x --calls users,pay', 'msa new service x --calls users,payments'],
  ['msa -C .. completion f', 'msa -C .. completion fish'],
  ['msa init de', 'msa init deep/'],
];

describe('the hidden command behind completion', () => {
  test('prints candidates only, also for nonsense and for a broken msa.yaml', async () => {
    await using shop = await workspace();
    const ask = (line: string) => spawnMsa(['__complete'], { cwd: shop.path, env: { MSA_COMPLETE_LINE: line } });
    expect(ask('msa rm service ')).toEqual({ exitCode: 0, stdout: 'users\npayments\n', stderr: '' });
    expect(ask('msa nonsense ')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(spawnMsa(['__complete', 'rubbish', '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    await writeFile(join(shop.path, 'msa.yaml'), '\u0000: [}{&a *b');
    expect(ask('msa rm service ')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('follows -C to another workspace', async () => {
    await using shop = await workspace();
    const { stdout } = spawnMsa(['__complete'], {
      cwd: '/',
      env: { MSA_COMPLETE_LINE: `msa -C '${shop.path}' rm service ` },
    });
    expect(stdout).toBe('users\npayments\n');
  });
});

/** Types the line and Tab, then lets the shell print what the line has become. */
function completeInBash(line: string, shop: { readonly path: string; readonly env: { PATH: string } }): string {
  const { shown } = driveTerminal({
    argv: ['bash', '--norc', '--noprofile', '-i'],
    cwd: shop.path,
    env: { ...shop.env, PS1: 'READY> ', INPUTRC: '/dev/null' },
    steps: [
      {
        expect: 'READY> ',
        send: `source <(msa completion bash); bind 'set enable-bracketed-paste off'\r`,
      },
      { expect: 'READY> ', send: `${line}\t\r` },
      { expect: 'GOT[', send: 'exit\r' },
    ],
  });
  return /GOT\[(.*)\]/.exec(shown)?.[1]?.trimEnd() ?? shown;
}

describe('bash', () => {
  test.each(expectations)('makes of %j %j', async (line, completed) => {
    await using shop = await workspace();
    expect(completeInBash(line, shop)).toBe(completed);
  });

  test('completes files with spaces in their names', async () => {
    await using shop = await workspace();
    expect(completeInBash('msa new client users --from op', shop)).toBe('msa new client users --from open api.json');
    expect(completeInBash('msa new client users --from=op', shop)).toBe('msa new client users --from=open api.json');
  });
});

const fish = 'fish';

function completeInFish(
  line: string,
  { path, env }: { readonly path: string; readonly env: { PATH: string } },
): readonly string[] {
  const script = 'msa completion fish | source; complete -C $argv[1]';
  const argv = ['--no-config', '-c', script, line];
  const { stdout, stderr } = spawnSync(fish, argv, {
    cwd: path,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').map((candidate) => candidate.replace(/\t.*/, ''));
}

describe.skipIf(!has(fish))(fish, () => {
  test.each(expectations)('makes of %j %j', async (line, completed) => {
    await using shop = await workspace();
    expect(completeInFish(line, shop)).toContain(completed.split(' ').at(-1));
  });

  test('completes files, also after an equals sign', async () => {
    await using shop = await workspace();
    expect(completeInFish('msa new client users --from op', shop)).toContain('open api.json');
    expect(completeInFish('msa new client users --from=op', shop)).toContain('--from=open api.json');
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  /** zsh completes on a terminal only; the word grows to what is asked for, or the step times out. */
  test('makes of every line what the other shells make of it', { timeout: 120_000 }, async () => {
    await using shop = await workspace();
    const lines = [
      ...expectations,
      ['msa new client users --from=op', 'msa new client users --from=open api.json'] as const,
    ];
    const { shown } = driveTerminal({
      argv: ['zsh', '-f', '-i'],
      cwd: shop.path,
      env: { ...shop.env, PS1: 'READY> ' },
      steps: [
        {
          expect: 'READY> ',
          send: 'autoload -U compinit; compinit -u -D; unsetopt zle_bracketed_paste; source <(msa completion zsh)\r',
        },
        ...lines.map(([line]) => ({ expect: 'READY> ', send: `${line}\t\r` })),
        { expect: 'READY> ', send: 'exit\r' },
      ],
    });
    const got = Array.from(shown.matchAll(/GOT\[(.*)\]/g), ([, line = '']) => line.trimEnd());
    // zsh takes the slash away again when the line is done.
    expect(got).toEqual(lines.map(([, completed]) => completed.replace(/\/$/, '')));
  });
});
