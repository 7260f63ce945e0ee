import { describe, expect, test } from 'vitest';

import type { CommandSpec } from '../../../src/cli/arguments/command.ts';
import { createTree } from '../../../src/cli/arguments/command-tree.ts';
import { parseArguments, type Request } from '../../../src/cli/arguments/parse-arguments.ts';
import { MsaError } from '../../../src/model/errors.ts';

const make: CommandSpec = {
  name: 'new thing',
  summary: 'Make a thing',
  arguments: [{ usage: '<name>', description: 'Its name' }],
  options: [
    { flags: '--store <store>', description: 'Where', choices: ['memory', 'redis'] },
    { flags: '--tag <tag>', description: 'Tags', repeatable: true },
    { flags: '--calls <services>', description: 'Calls', list: true },
    { flags: '-n, --dry-run', description: 'Only show' },
  ],
  examples: ['msa new thing lamp --store redis'],
  load: () => Promise.reject(new Error('not run here')),
};
const show: CommandSpec = {
  ...make,
  name: 'show',
  arguments: [{ usage: '[names...]', description: 'Which' }],
  options: [],
};
const paint: CommandSpec = {
  ...make,
  name: 'paint',
  arguments: [{ usage: '<color>', description: 'Which', choices: ['green', 'blue'] }],
  options: [],
};
const start: CommandSpec = {
  ...show,
  name: 'start',
  examples: ['msa start lamp -- sh -c true'],
  onInterrupt: 'pass',
};
const root = createTree([make, show, paint, start], [{ name: 'new', summary: 'Make something' }]);

function parse(...argv: readonly string[]): Request {
  return parseArguments(argv, root);
}

function run(...argv: readonly string[]): Extract<Request, { kind: 'run' }> {
  const request = parse(...argv);
  if (request.kind !== 'run') throw new Error(`It was ${request.kind}.`);
  return request;
}

function refusal(...argv: readonly string[]): MsaError {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof MsaError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('what a command gets', () => {
  test('arguments in their order and options under their long names', () => {
    const { spec, input } = run('new', 'thing', 'lamp', '--store', 'redis', '-n');
    expect(spec.name).toBe('new thing');
    expect(input).toEqual({ args: ['lamp'], options: { store: 'redis', dryRun: true } });
  });

  test('an array for the last argument when it takes several', () => {
    expect(run('show', 'a', 'b').input.args).toEqual([['a', 'b']]);
  });

  test('an array for an option that may be repeated, one text for a list', () => {
    const { options } = run('new', 'thing', 'x', '--tag', 'a', '--tag=b', '--calls', 'u,p', '--calls', 'q').input;
    expect(options).toEqual({ tag: ['a', 'b'], calls: 'u,p,q' });
  });

  test('words after -- as arguments, whatever they look like', () => {
    expect(run('show', '--', '--json', '-C').input.args).toEqual([['--json', '-C']]);
    expect(run('show', '--', '--json').flags.json).toBe(false);
  });

  test('a value that begins with a dash', () => {
    expect(run('new', 'thing', 'x', '--tag', '-y loud').input.options).toEqual({ tag: ['-y loud'] });
    expect(run('new', 'thing', 'x', '--tag', '-y loud').flags.yes).toBe(false);
  });
});

describe('global options', () => {
  test('count before the command, between its words and after it', () => {
    expect(run('--json', 'new', '-y', 'thing', 'x', '-q', '--debug').flags).toEqual({
      json: true,
      yes: true,
      quiet: true,
      debug: true,
      color: undefined,
      directories: [],
    });
  });

  test('collect every -C from left to right', () => {
    expect(run('-C', 'a', 'new', '-C', 'b', 'thing', 'x', '-C', 'c').flags.directories).toEqual(['a', 'b', 'c']);
  });

  test('let the last word about colours win', () => {
    expect(run('show', '--no-color').flags.color).toBe(false);
    expect(run('--no-color', 'show', '--color').flags.color).toBe(true);
  });

  test('ask for help anywhere, also as a word of its own', () => {
    for (const argv of [
      ['new', '--help'],
      ['help', 'new'],
      ['--json', '-q', 'help', 'new'],
      ['new', '-h'],
    ]) {
      expect(parse(...argv)).toMatchObject({ kind: 'help', node: { path: ['new'] } });
    }
    expect(parse('new', 'thing', '--help')).toMatchObject({ kind: 'help', node: { path: ['new', 'thing'] } });
    expect(parse()).toMatchObject({ kind: 'help', node: { path: [] } });
  });

  test('ask for the version anywhere', () => {
    expect(parse('-V').kind).toBe('version');
    expect(parse('new', 'thing', '--version').kind).toBe('version');
    expect(parse('--json', '--version').flags.json).toBe(true);
  });
});

describe('a mistake', () => {
  test.each([
    ['an unknown command', ['shwo'], "msa has no command 'shwo'; did you mean show?", 'msa show'],
    ['an unknown command with --help', ['shwo', '--help'], "msa has no command 'shwo'; did you mean show?", 'msa show'],
    [
      'an unknown command of a group',
      ['new', 'thnig'],
      "msa new has no command 'thnig'; did you mean thing?",
      'msa new thing',
    ],
    ['a command like no other', ['new', 'zzzzz'], "msa new has no command 'zzzzz'", 'msa new --help'],
    ['a group alone', ['new'], 'msa new needs one of: thing', 'msa new --help'],
    [
      'a misspelt option',
      ['new', 'thing', 'x', '--stroe=redis'],
      'msa new thing has no option --stroe; did you mean --store?',
      'msa new thing --help',
    ],
    [
      'a misspelt global option',
      ['show', '--jsno'],
      'msa show has no option --jsno; did you mean --json?',
      'msa show --help',
    ],
    [
      'an option of the program that it starts',
      ['start', 'lamp', 'ls', '-la'],
      'msa start has no option -la',
      'Options of the program stand behind --, as in msa start lamp -- sh -c true',
    ],
    ['a switch with a value', ['show', '--json=1'], '--json takes no value', 'msa show --help'],
    [
      'a missing argument',
      ['new', 'thing'],
      'msa new thing needs <name> (Its name)',
      'msa new thing lamp --store redis',
    ],
    [
      'an argument too many',
      ['new', 'thing', 'a', 'b'],
      "msa new thing takes <name>; 'b' is too much",
      'msa new thing lamp --store redis',
    ],
    [
      'an option without its value',
      ['new', 'thing', 'x', '--store'],
      '--store <store> needs a value',
      'msa new thing --help',
    ],
    [
      'an option that got the next one as value',
      ['new', 'thing', 'x', '--store', '--dry-run'],
      '--store needs a value: --store <store>',
      'msa new thing --help',
    ],
    [
      'a value outside the choices',
      ['new', 'thing', 'x', '--store', 'rediss'],
      "--store cannot be 'rediss'; did you mean redis?",
      'msa new thing --help',
    ],
    [
      'an argument outside the choices',
      ['paint', 'gren'],
      "<color> cannot be 'gren'; did you mean green?",
      'msa paint --help',
    ],
  ])('is told with what was meant: %s', (...[, argv, message, hint]) => {
    const error = refusal(...argv);
    expect(error).toMatchObject({ code: 'MSA_USAGE', message, hint });
  });

  test('in a choice lists what may be chosen', () => {
    expect(refusal('paint', 'x').details).toEqual(['One of: green, blue']);
  });
});
