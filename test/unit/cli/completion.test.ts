import { describe, expect, test } from 'vitest';

import { createTree } from '../../../src/cli/arguments/command-tree.ts';
import { commands, groups } from '../../../src/cli/commands.ts';
import { findWanted, type Wanted } from '../../../src/cli/completion/find-wanted.ts';
import { renderCompletionScript } from '../../../src/cli/completion/scripts.ts';
import { splitLine } from '../../../src/cli/completion/split-line.ts';

const root = createTree(commands, groups);

function wanted(line: string): Wanted {
  return findWanted(root, splitLine(line, { powershell: false }));
}

function values(line: string): readonly string[] {
  return wanted(line).candidates.map(({ value }) => value);
}

describe('a line is split as its shell splits it', () => {
  test.each([
    ['msa new ', { words: ['new'], current: '' }],
    ['msa ne', { words: [], current: 'ne' }],
    [`msa add 'a b' "c \\" d" e\\ f g`, { words: ['add', 'a b', 'c " d', 'e f'], current: 'g' }],
    ['msa add "open qu', { words: ['add'], current: 'open qu' }],
    [`msa add "" ''`, { words: ['add', ''], current: '' }],
    ['', { words: [], current: '' }],
  ])('%j', (line, split) => {
    expect(splitLine(line, { powershell: false })).toEqual(split);
  });

  test('in PowerShell a backslash belongs to the path and a backtick escapes', () => {
    const line = 'msa add C:\\code\\a` b x';
    expect(splitLine(line, { powershell: true })).toEqual({ words: ['add', 'C:\\code\\a b'], current: 'x' });
  });
});

describe('what may follow', () => {
  test('msa: its commands', () => {
    expect(values('msa ')).toEqual(createTree(commands, groups).children.map(({ path }) => path[0]));
    expect(values('msa help ')).toContain('new');
    expect(values('msa --json -C x new ')).toEqual(['service', 'client', 'filter', 'workflow']);
  });

  test('a dash: the options that were not given yet', () => {
    expect(values('msa rm service x -')).toContain('--keep-files');
    expect(values('msa rm service x --keep-files --json -')).not.toContain('--keep-files');
    expect(values('msa rm service x --keep-files --json -')).not.toContain('--json');
    expect(values('msa -C a -')).toContain('-C');
  });

  test('an option with choices: these, also after =', () => {
    expect(values('msa new service x --store ')).toEqual(['memory', 'redis', 'postgres']);
    expect(wanted('msa new service x --store=re').prefix).toBe('--store=');
  });

  test('an option with any text: nothing', () => {
    expect(wanted('msa new service x --fields ')).toMatchObject({ candidates: [] });
    expect(wanted('msa new service x --fields ')).not.toHaveProperty('lookUp');
  });

  test('a list: what it does not have yet, after its last comma', () => {
    expect(wanted('msa new service x --calls users,pa')).toMatchObject({
      lookUp: 'services',
      prefix: 'users,',
      taken: ['users', ''],
    });
    expect(wanted('msa new service x --calls=users,').prefix).toBe('--calls=users,');
  });

  test('an argument: services, directories or files', () => {
    expect(wanted('msa -C a rm -C b service ')).toMatchObject({ lookUp: 'services', directories: ['a', 'b'] });
    expect(wanted('msa init ').lookUp).toBe('directories');
    expect(wanted('msa add ').lookUp).toBe('files');
    expect(values('msa completion ')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  test('the last argument, or a command that does not exist: nothing', () => {
    expect(wanted('msa rm service x ')).toMatchObject({ candidates: [] });
    expect(wanted('msa nonsense ')).toMatchObject({ candidates: [] });
  });

  test('two dashes: arguments that look like options', () => {
    expect(values('msa completion -- -')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });
});

test('the script for PowerShell, which is not tried here for want of one, asks msa with the line in a variable', () => {
  const script = renderCompletionScript('powershell');
  expect(script).toContain('Register-ArgumentCompleter -Native -CommandName msa -ScriptBlock {');
  expect(script).toContain('$env:MSA_COMPLETE_LINE = $commandAst.ToString()');
  expect(script).toContain(' -split "`t", 2');
  expect(script.match(/\{/g)?.length).toBe(script.match(/\}/g)?.length);
});
