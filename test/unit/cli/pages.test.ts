import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createTree } from '../../../src/cli/arguments/command-tree.ts';
import { commands, groups } from '../../../src/cli/commands.ts';
import { renderCommandsPage, renderErrorsPage } from './render-pages.ts';

const regenerate = 'run `npx vitest run test/unit/cli/pages.test.ts -u` to write the page anew';

test('docs/errors.md says what the table of errors says', async () => {
  await expect(renderErrorsPage(), regenerate).toMatchFileSnapshot('../../../docs/errors.md');
});

test('docs/commands.md says what the table of commands says', async () => {
  await expect(renderCommandsPage(createTree(commands, groups)), regenerate).toMatchFileSnapshot(
    '../../../docs/commands.md',
  );
});

test('docs/json.md has every command', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/json.md'), 'utf8');
  expect(commands.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
