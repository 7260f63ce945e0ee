import { describe, expect, test } from 'vitest';

import { createColors, noColors, wantsColor } from '../../../src/cli/terminal/colors.ts';
import { createOutput } from '../../../src/cli/terminal/output.ts';
import { plainJson, plainText } from '../../../src/cli/terminal/plain-text.ts';
import { listeningSockets } from '../../../src/io/port-probe.ts';

describe('colours', () => {
  const tty = { isTTY: true };
  const pipe = { isTTY: false };
  test.each([
    ['a terminal', tty, {}, undefined, true],
    ['a pipe', pipe, {}, undefined, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, undefined, false],
    ['an empty NO_COLOR, which says nothing', tty, { NO_COLOR: '' }, undefined, true],
    ['TERM=dumb', tty, { TERM: 'dumb' }, undefined, false],
    ['FORCE_COLOR on a pipe', pipe, { FORCE_COLOR: '1' }, undefined, true],
    ['FORCE_COLOR over NO_COLOR', pipe, { FORCE_COLOR: '', NO_COLOR: '1' }, undefined, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, undefined, false],
    ['--color over everything', pipe, { NO_COLOR: '1', TERM: 'dumb' }, true, true],
    ['--no-color over everything', tty, { FORCE_COLOR: '1' }, false, false],
  ])('by %s', (...[, stream, env, flag, expected]) => {
    expect(wantsColor(stream, { env, flag })).toBe(expected);
  });

  test('are those that the sanitiser lets through', async () => {
    const colors = await createColors(true);
    for (const paint of Object.values(colors)) {
      const painted = paint('x');
      expect(painted).toContain('\u001B[');
      expect(plainText(painted, { colored: true })).toBe(painted);
    }
  });

  test('leave text alone where there are none', async () => {
    expect(await createColors(false)).toBe(noColors);
    expect(noColors.red('x')).toBe('x');
  });
});

function up(rows: number): string {
  return `\u001B[${rows}A\u001B[J`;
}

function draw(screen: { columns: number; rows: number }, ...texts: readonly string[]): readonly string[] {
  const written: string[] = [];
  const stdout = { ...screen, isTTY: true, write: (text: string | Uint8Array) => written.push(String(text)) };
  const output = createOutput(stdout, { json: false, colored: false });
  for (const text of texts) output.redraw(text);
  return written;
}

describe('text that is drawn anew', () => {
  test('takes the place of what was drawn before, wrapped lines and all', () => {
    expect(draw({ columns: 10, rows: 24 }, 'a'.repeat(11), 'b')).toEqual([`${'a'.repeat(11)}\n`, `${up(2)}b\n`]);
  });

  test('ends where the screen does, for the cursor does not come back to what has left it', () => {
    const screen = { columns: 10, rows: 5 };
    expect(draw(screen, '1\n2\n3\n4', '1\n2\n3\n4\n5')).toEqual(['1\n2\n3\n4\n', `${up(4)}1\n2\n3\n… 2 more lines\n`]);
    expect(draw(screen, `1\n${'a'.repeat(25)}\n3`)).toEqual(['1\n… 2 more lines\n']);
  });
});

describe('text from outside', () => {
  test.each([
    ['moves no cursor', 'a\u001B[2Jb', 'a\\x1b[2Jb'],
    ['sets no window title', '\u001B]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['overwrites no line', 'safe\rEVIL', 'safe\\x0dEVIL'],
    ['has no sequence in one character either', 'a\u009B2Jb', 'a\\x9b2Jb'],
    ['reverses no reading', 'a\u202Eb', 'a\\u202eb'],
    ['keeps lines and tabs', 'a\tb\r\nc', 'a\tb\nc'],
  ])('%s', (_, text, shown) => {
    expect(plainText(text, { colored: true })).toBe(shown);
  });

  test('brings no colours where there are none', () => {
    expect(plainText('\u001B[31mred', { colored: false })).toBe('\\x1b[31mred');
  });

  test('hides nothing with a colour that is not ours', () => {
    expect(plainText('\u001B[8mhidden', { colored: true })).toBe('\\x1b[8mhidden');
  });

  test('is safe in JSON too, and the same when read', () => {
    const value = { name: 'a\u009B2J\u001B\u007F\u202E' };
    const text = plainJson(value);
    // oxlint-disable-next-line no-control-regex -- these are the characters to miss
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

test('a listening socket is found by its port in the table of the kernel', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20 4 30 10 -1`;
  expect(listeningSockets(table, 8080)).toEqual(['socket:[4242]']);
  expect(listeningSockets(table, 8081)).toEqual([]);
});
