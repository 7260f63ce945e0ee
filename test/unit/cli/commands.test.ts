import { describe, expect, test } from 'vitest';

import { createTree, findNode } from '../../../src/cli/arguments/command-tree.ts';
import { readFlags } from '../../../src/cli/arguments/flags.ts';
import { endingOptions, globalOptions } from '../../../src/cli/arguments/global-options.ts';
import { describeNode, renderHelp } from '../../../src/cli/arguments/help.ts';
import { parseArguments } from '../../../src/cli/arguments/parse-arguments.ts';
import { commands, groups } from '../../../src/cli/commands.ts';
import { splitLine } from '../../../src/cli/completion/split-line.ts';
import { noColors } from '../../../src/cli/terminal/colors.ts';

const root = createTree(commands, groups);

describe.each(commands.map((spec) => [spec.name, spec] as const))('msa %s', (name, spec) => {
  test('has examples that can be typed', () => {
    expect(spec.examples).not.toEqual([]);
    for (const example of spec.examples) {
      const { words } = splitLine(`${example.replace(/ > .*/, '')} `, { powershell: false });
      expect(parseArguments(words, root)).toMatchObject({ kind: 'run', spec: { name } });
    }
  });

  test('says each flag once, and none that every command has', () => {
    const flags = [...(spec.options ?? []), ...globalOptions, ...endingOptions].flatMap((option) => {
      const { short, long } = readFlags(option);
      return [short, long].filter((flag) => flag !== undefined);
    });
    expect(flags).toEqual([...new Set(flags)]);
  });

  test('describes itself in sentences without a full stop, for the help adds it', () => {
    const sentences = [spec, ...(spec.options ?? []), ...(spec.arguments ?? [])].map((described) =>
      'summary' in described ? described.summary : described.description,
    );
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[^.]$/);
  });

  test('has help that fits 80 columns and names every option', () => {
    const help = renderHelp(findNode(root, name.split(' ')), { colors: noColors, width: 80 });
    for (const option of spec.options ?? []) expect(help).toContain(readFlags(option).name);
    const [, afterUsage = ''] = help.split(/^Examples:/m);
    const prose = help.slice(0, help.length - afterUsage.length);
    for (const line of prose.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('has code that loads', async () => {
    const { run } = await spec.load();
    expect(run).toBeTypeOf('function');
  });
});

test('every group has a summary, and none is there without commands', () => {
  const found = root.children.filter(({ spec }) => spec === undefined);
  expect(found.map(({ path: [name], summary }) => ({ name, summary }))).toEqual(groups);
});

test('help for programs holds what help for people holds', () => {
  expect(describeNode(findNode(root, ['rm', 'service']))).toMatchObject({
    command: 'msa rm service',
    usage: 'msa rm service <name> [options]',
    arguments: [{ usage: '<name>' }],
    options: [{ flags: '--keep-files' }, { flags: '-n, --dry-run' }],
  });
});
