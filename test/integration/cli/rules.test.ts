import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { CommandInput, CommandResult, CommandSpec } from '../../../src/cli/arguments/command.ts';
import type { Deps } from '../../../src/cli/deps.ts';
import { watchInterrupts } from '../../../src/cli/terminal/interrupt.ts';
import { MsaError } from '../../../src/model/errors.ts';
import { runMsaWith, type Run, type RunOptions } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';

type Handler = (deps: Deps, input: CommandInput) => Promise<CommandResult> | CommandResult;

/** A command table of one command, `msa act [words...]`. */
function act(handler: Handler): RunOptions {
  const spec: CommandSpec = {
    name: 'act',
    summary: 'Act',
    arguments: [{ usage: '[words...]', description: 'Words' }],
    options: [{ flags: '--token <token>', description: 'A secret' }],
    examples: ['msa act'],
    load: async () => ({ run: async (input, deps) => handler(deps, input) }),
  };
  return { commands: [spec] };
}

async function run(options: RunOptions, ...argv: readonly string[]): Promise<Run> {
  await using dir = await tempDir();
  return runMsaWith(options, dir.path, ...argv);
}

const refuse: Handler = () => {
  throw new MsaError('MSA_SERVICE_UNKNOWN', 'there is no service x', {
    hint: 'msa validate',
    details: ['a, b'],
    data: { known: ['a', 'b'] },
  });
};
const crash: Handler = () => {
  throw new TypeError('x is not a function', { cause: new Error('the reason') });
};

const remark: Handler = ({ say }) => {
  say('working');
  return { data: {}, text: 'done' };
};
const failing: Handler = () => ({
  data: { checks: 1 },
  text: 'one check',
  failure: new MsaError('MSA_DOCTOR_FAILED', 'it failed'),
});
const where: Handler = ({ directory }) => ({ data: { directory }, text: directory });
const paint: Handler = ({ colors }) => ({ data: {}, text: colors.red('x') });
const askName: Handler = async ({ prompter, interactive }) => {
  const answer = await prompter.text({ message: 'Name?', flag: '--name <name>' });
  return { data: { answer, interactive }, text: answer };
};
const state: Handler = ({ interactive }) => ({ data: { interactive }, text: JSON.stringify({ interactive }) });
const askAll: Handler = async ({ prompter }) => ({
  data: {
    answers: [
      await prompter.text({ message: 'a', flag: '--a', default: 'x' }),
      await prompter.choose({ message: 'b', flag: '--b', choices: [{ value: 'y' }], default: 'y' }),
      await prompter.chooseMany({ message: 'c', flag: '--c', choices: [{ value: 'z' }] }),
      await prompter.confirm({ message: 'd', flag: '--d', default: true }),
    ],
  },
  text: '',
});
const askBadDefault: Handler = async ({ prompter }) => {
  const text = await prompter.text({
    message: 'Name?',
    flag: '--name',
    default: 'UP',
    check: () => 'must be small',
  });
  return { data: {}, text };
};

describe('a result', () => {
  test('goes to stdout, remarks go to stderr', async () => {
    const { exitCode, stdout, stderr } = await run(
      act(({ say }) => {
        say('working');
        return { data: { done: true }, text: 'done' };
      }),
      'act',
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'done\n', stderr: 'working\n' });
  });

  test('is one JSON object with --json', async () => {
    const { stdout, json } = await run(
      act(() => ({ data: { a: 1 }, text: 'a is 1' })),
      'act',
      '--json',
    );
    expect(json()).toEqual({ a: 1 });
    expect(stdout).toBe('{\n  "a": 1\n}\n');
  });

  test('comes without remarks with --quiet', async () => {
    expect(await run(act(remark), '-q', 'act')).toMatchObject({ stdout: 'done\n', stderr: '' });
  });

  test('may come with a failure, which decides the exit code', async () => {
    expect(await run(act(failing), 'act')).toMatchObject({
      exitCode: 3,
      stdout: 'one check\n',
      stderr: 'error: it failed (MSA_DOCTOR_FAILED)\n',
    });
    const asJson = await run(act(failing), 'act', '--json');
    expect(asJson.json()).toMatchObject({ checks: 1, error: { code: 'MSA_DOCTOR_FAILED' } });
    expect(asJson).toMatchObject({ exitCode: 3, stderr: '' });
  });

  test('with control characters from outside cannot steer the terminal', async () => {
    const { stdout } = await run(
      act(() => ({ data: {}, text: 'a\u001B[2Jb' })),
      'act',
    );
    expect(stdout).toBe('a\\x1b[2Jb\n');
  });
});

describe('an error', () => {
  test('says what happened, the details and the command that helps, on stderr', async () => {
    expect(await run(act(refuse), 'act')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: 'error: there is no service x (MSA_SERVICE_UNKNOWN)\n  a, b\nhint: msa validate\n',
    });
  });

  test('is one JSON object on stdout with --json', async () => {
    const { json, stderr, exitCode } = await run(act(refuse), '--json', 'act');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(json()).toEqual({
      error: {
        code: 'MSA_SERVICE_UNKNOWN',
        message: 'there is no service x',
        hint: 'msa validate',
        details: ['a, b'],
        data: { known: ['a', 'b'] },
      },
    });
  });

  test.each([
    ['before', ['--json', 'act', '--bogus']],
    ['after', ['act', '--bogus', '--json']],
    ['without', ['--json', 'bogus']],
  ])('of usage is JSON as well, --json standing %s the command', async (_, argv) => {
    const { exitCode, json, stderr } = await run(act(refuse), ...argv);
    expect(json()).toMatchObject({ error: { code: 'MSA_USAGE', details: expect.any(Array) } });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  });

  test('shows its stack with --debug only', async () => {
    expect((await run(act(refuse), 'act')).stderr).not.toContain('rules.test.ts');
    expect((await run(act(refuse), 'act', '--debug')).stderr).toContain('rules.test.ts');
  });
});

describe('a bug', () => {
  test('asks to be reported, without stack and without values that may be secret', async () => {
    const { exitCode, stdout, stderr } = await run(
      act(crash),
      'act',
      'private',
      '--token=hunter2',
      '--token',
      'hunter3',
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('error: x is not a function (MSA_BUG)');
    expect(stderr).toContain(`node ${process.version}`);
    expect(stderr).toContain('msa act … --token --token …');
    expect(stderr).toContain('--debug');
    expect(stderr).not.toMatch(/hunter|private|\.ts:/);
  });

  test('shows its stack and its causes with --debug', async () => {
    const { stderr } = await run(act(crash), 'act', '--debug');
    expect(stderr).toMatch(/TypeError: x is not a function\n +at .*rules\.test\.ts/);
    expect(stderr).toContain('caused by: Error: the reason');
  });

  test('is JSON in the form of other errors with --json', async () => {
    const { exitCode, json } = await run(act(crash), 'act', '--json');
    expect(exitCode).toBe(1);
    expect(Object.keys(json()['error'] ?? {})).toEqual(['code', 'message', 'hint', 'details', 'data']);
  });
});

describe('-C', () => {
  test('leads from one directory to the next, before and after the command', async () => {
    await using dir = await tempDir();
    await mkdir(join(dir.path, 'a/b c'), { recursive: true });
    const { stdout } = await runMsaWith(act(where), dir.path, '-C', 'a', 'act', '-C', './b c');
    expect(stdout).toBe(`${dir.path}/a/b c\n`);
  });

  test.each([
    ['missing', 'there is no directory'],
    ['file', 'is no directory'],
  ])('refuses what is no directory: %s', async (name, why) => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'file'), '');
    const { exitCode, stderr } = await runMsaWith(act(where), dir.path, 'act', '-C', name);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`-C ${name}: .*${why}`));
    expect(stderr).toContain(`${dir.path}/${name}`);
  });
});

describe('colours', () => {
  test('go to the stream that is a terminal and not to the other', async () => {
    expect((await run({ ...act(paint), terminals: ['stdout'] }, 'act')).stdout).toBe('\u001B[31mx\u001B[39m\n');
    expect((await run({ ...act(paint), terminals: ['stderr'] }, 'act')).stdout).toBe('x\n');
    expect((await run({ ...act(refuse), terminals: ['stderr'] }, 'act')).stderr).toContain('\u001B[31merror:');
    expect((await run({ ...act(refuse), terminals: ['stdout'] }, 'act')).stderr).not.toContain('\u001B');
  });

  test('obey --no-color and NO_COLOR', async () => {
    expect((await run({ ...act(paint), terminals: ['stdout'] }, 'act', '--no-color')).stdout).toBe('x\n');
    expect((await run({ ...act(paint), terminals: ['stdout'], env: { NO_COLOR: '1' } }, 'act')).stdout).toBe('x\n');
  });
});

describe('questions', () => {
  test('without a terminal are errors that name the option', async () => {
    const { exitCode, stderr } = await run(act(askName), 'act');
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'error: "Name?" has no answer: there is no terminal to ask on (MSA_ANSWER_MISSING)\nhint: add --name <name>\n',
    );
  });

  test('with --yes are errors too when they have no default', async () => {
    const { stderr } = await run(
      { ...act(askName), terminals: ['stdin', 'stdout', 'stderr'] },
      'act',
      '--yes',
      '--no-color',
    );
    expect(stderr).toContain('there is no default for --yes to take');
  });

  test('take their defaults without a terminal', async () => {
    const { stdout } = await run(act(askAll), 'act', '--json');
    expect(JSON.parse(stdout)).toEqual({ answers: ['x', 'y', [], true] });
  });

  test('refuse a default that their check refuses', async () => {
    const { exitCode, stderr } = await run(act(askBadDefault), 'act');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the default "UP" does not do: must be small');
  });

  test.each([
    ['a terminal', ['stdin', 'stderr'], {}, [], true],
    ['stdout piped away', ['stdin', 'stderr'], {}, [], true],
    ['no terminal to read from', ['stdout', 'stderr'], {}, [], false],
    ['no terminal to show them on', ['stdin', 'stdout'], {}, [], false],
    ['CI', ['stdin', 'stdout', 'stderr'], { CI: 'true' }, [], false],
    ['CI=false', ['stdin', 'stdout', 'stderr'], { CI: 'false' }, [], true],
    ['--json', ['stdin', 'stdout', 'stderr'], {}, ['--json'], false],
  ] as const)('are asked or not, with %s', async (...[, terminals, env, argv, expected]) => {
    const { stdout } = await run({ ...act(state), terminals, env }, 'act', ...argv);
    expect(JSON.parse(stdout)).toEqual({ interactive: expected });
  });
});

describe('Ctrl-C', () => {
  test('aborts the signal, says so, and ends with 130 when the command stops for it', async () => {
    const signals = new EventEmitter();
    const handler: Handler = async ({ signal }) => {
      const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
      signals.emit('SIGINT');
      await stopped;
      signal.throwIfAborted();
      return { data: {}, text: 'never' };
    };
    expect(await run({ ...act(handler), signals }, 'act')).toMatchObject({
      exitCode: 130,
      stdout: '',
      stderr: 'Stopping … press Ctrl-C again to end at once.\nerror: interrupted (MSA_INTERRUPTED)\n',
    });
    expect(signals.eventNames()).toEqual([]);
  });

  test.each([
    ['SIGHUP', 0],
    ['SIGTERM', 0],
    ['SIGINT', 1],
  ] as const)('is forced by a second SIGINT, not by %s', (second, forced) => {
    const signals = new EventEmitter();
    let forces = 0;
    using interrupts = watchInterrupts({
      source: signals,
      mode: 'undo',
      announce: () => undefined,
      force: () => (forces += 1),
    });
    signals.emit('SIGHUP');
    expect(interrupts.signal.aborted).toBe(true);
    signals.emit(second);
    expect(forces).toBe(forced);
  });

  test('leaves the result of a command that was done before it noticed', async () => {
    const signals = new EventEmitter();
    const handler: Handler = () => {
      signals.emit('SIGTERM');
      return { data: {}, text: 'done' };
    };
    expect(await run({ ...act(handler), signals }, 'act')).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  });
});

describe('help and version', () => {
  test('are results like others', async () => {
    expect(await run({}, '--version')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
    expect((await run({}, '--version', '--json')).json()).toEqual({ version: expect.any(String) });
    expect(await run({}, 'new', '--help')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await run({}, 'rm', 'service', '--help', '--json')).json()).toMatchObject({ command: 'msa rm service' });
  });

  test('are shown for msa alone, while a group alone is a mistake', async () => {
    expect(await run({})).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: msa <command> [options]'),
    });
    expect(await run({}, 'new')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('needs one of: service, client'),
    });
  });
});
