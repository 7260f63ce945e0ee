import { expect, test } from 'vitest';

import { parseSocketTable, parseStat } from '../../../src/supervisor/processes/linux-processes.ts';
import { parseRow } from '../../../src/supervisor/processes/posix-processes.ts';

const fields = (state: string): string =>
  `${state} 17 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 987654 1 2 18446744073709551615`;

test('a row of Linux is read behind the name, which may be anything', () => {
  for (const name of ['node', 'a b', 'we) S 1 (ird', '((']) {
    const facts = parseStat(`4712 (${name}) ${fields('S')}`, 'boot');
    expect(facts).toEqual({ pid: 4712, parent: 17, group: 4711, started: 'boot:987654' });
  }
});

test('what has ended is no process any more', () => {
  expect(parseStat(`4712 (node) ${fields('Z')}`, 'boot')).toBeUndefined();
  expect(parseStat('', 'boot')).toBeUndefined();
  expect(parseRow('4711     1  4711 Z    Mon Jan  5 10:00:00 2026')).toBeUndefined();
  expect(parseRow('')).toBeUndefined();
});

test('a row of ps has the start as text, always written alike', () => {
  expect(parseRow('4712    17  4711 Ss+  Mon Jan  5 10:00:00 2026')).toEqual({
    pid: 4712,
    parent: 17,
    group: 4711,
    started: 'Mon Jan 5 10:00:00 2026',
  });
});

const row = (local: string, state: string, inode: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0`;

test('listening sockets of a process are found among all sockets, with their addresses', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    row('0100007F:1F90', '0A', '11'),
    row('0100007F:1F91', '01', '11'),
    row('0100007F:1F92', '0A', '99'),
    row('00000000:0050', '0A', '12'),
    row('00000000000000000000000000000000:0051', '0A', '13'),
    row('00000000000000000000000001000000:0052', '0A', '14'),
    row('0000000000000000FFFF00000100007F:0053', '0A', '15'),
  ].join('\n');
  expect(parseSocketTable(table, new Set(['11', '12', '13', '14', '15']))).toEqual([
    { address: '127.0.0.1', port: 8080 },
    { address: '0.0.0.0', port: 80 },
    { address: '::', port: 81 },
    { address: '::1', port: 82 },
    { address: '127.0.0.1', port: 83 },
  ]);
});
