import { expect, test } from 'vitest';

import { tinyWorkspace } from '../../support/tiny-workspace.ts';
import { bin, driveTerminal, type Step } from './terminal.ts';

function up(cwd: string, steps: readonly Step[]): ReturnType<typeof driveTerminal> {
  // A new terminal has no size, and nothing can be drawn on that.
  const command = `stty cols 100 rows 40; exec "${process.execPath}" "${bin}" up --engine process`;
  return driveTerminal({ argv: ['sh', '-c', command], cwd, steps });
}

const showCursor = '\u001B[?25h';

/** What stands there without colours and after the last move of the cursor. */
function lastScreen(shown: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the sequences to remove
  return (shown.split(/\u001B\[(?:\d*A|2K|G)/).at(-1) ?? '').replaceAll(/\u001B\[[\d;?]*[a-zA-Z]/g, '');
}

test('on a terminal each unit has a line that is drawn anew, and at the end the result stands below', async () => {
  await using workspace = await tinyWorkspace({ api: {}, web: {} });
  const { shown, exitCode } = up(workspace.root, [{ expect: 'api       waiting until it is healthy', send: '' }]);
  expect(exitCode, shown).toBe(0);
  const end = lastScreen(shown);
  for (const unit of ['registry', 'gateway', 'api', 'web']) expect(end).toMatch(new RegExp(`✔ ${unit} +up\\r\\n`));
  expect(end).toMatch(/tiny is up\r\n/);
  expect(shown.lastIndexOf(showCursor)).toBeGreaterThan(shown.lastIndexOf('\u001B[?25l'));
});

test('what fails stands in its line, and below with all that is known', async () => {
  await using workspace = await tinyWorkspace({ api: {}, bad: { env: { EXIT: '7' } } });
  const { shown, exitCode } = up(workspace.root, []);
  expect(exitCode, shown).toBe(1);
  const end = lastScreen(shown);
  expect(end).toMatch(/✖ bad +bad-1 (?:keeps crashing|ended with exit code 7)/);
  expect(end).toMatch(/✔ api +up/);
  expect(end).toContain('| ending with 7');
});

test('Ctrl-C ends the view, says what happens, and leaves a usable terminal', async () => {
  await using workspace = await tinyWorkspace({ sick: { env: { SICK: '1' } } });
  const { shown, exitCode } = up(workspace.root, [{ expect: 'sick      waiting until it is healthy', send: '\u0003' }]);
  expect(exitCode, shown).toBe(130);
  const end = lastScreen(shown);
  expect(end).toMatch(/sick +interrupted/);
  expect(end).toContain('Stopping … press Ctrl-C again to end at once.');
  expect(end).toContain('stopping everything');
  expect(shown.lastIndexOf(showCursor)).toBeGreaterThan(shown.lastIndexOf('\u001B[?25l'));
});
