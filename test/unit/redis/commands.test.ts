import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { CommandTable } from '../../../src/redis/commands/command.ts';
import { commandFamilies, commandTable } from '../../../src/redis/commands/table.ts';

test('docs/embedded-redis.md lists exactly the commands there are', () => {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/embedded-redis.md'), 'utf8');
  const rows = Object.entries(commandFamilies).map(([family, table]) => `| ${family} | ${renderNames(table)} |`);
  const table = /\| What for \| Commands \|\n\|---\|---\|\n(.*?)\n\n/s.exec(document)?.[1];
  expect(table?.split('\n')).toEqual(rows);
});

test('no family has a command of another', () => {
  const names = Object.values(commandFamilies).flatMap((table) => Object.keys(table));
  expect(names.toSorted()).toEqual(Object.keys(commandTable).toSorted());
});

test('a command does something itself, or has subcommands and then needs one', () => {
  for (const [name, { run, subcommands, arity }] of Object.entries(commandTable)) {
    expect(run !== undefined || (subcommands !== undefined && arity === -2), name).toBe(true);
    for (const [part, command] of Object.entries(subcommands ?? {}))
      expect(command.run !== undefined && command.subcommands === undefined, `${name} ${part}`).toBe(true);
  }
});

function renderNames(table: CommandTable): string {
  const names = Object.entries(table).flatMap(([name, { run, subcommands }]) => [
    ...(run === undefined ? [] : [name]),
    ...Object.keys(subcommands ?? {}).map((part) => `${name} ${part}`),
  ]);
  return names.map((name) => `\`${name.toUpperCase()}\``).join(' ');
}
