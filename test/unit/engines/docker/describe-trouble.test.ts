import { describe, expect, test } from 'vitest';

import { describeEnd, describeListening } from '../../../../src/engines/docker/trouble/describe-trouble.ts';

const running = { Running: true, Restarting: false, OOMKilled: false, ExitCode: 0, Error: '' };
const ended = { ...running, Running: false };
const mebibyte = 1024 * 1024;

describe('how a program ended', () => {
  test.each([
    ['one that runs', running, 0, []],
    ['one that runs again', running, 2, ['it was started again 2 times']],
    ['an exit', { ...ended, ExitCode: 3 }, 0, ['it ended with exit code 3']],
    ['an end without an error', ended, 0, [expect.stringContaining('it has to stay')]],
    ['a kill', { ...ended, ExitCode: 137 }, 0, ['it was killed (exit code 137)']],
    [
      'a crash loop, between two runs',
      { ...running, Restarting: true, ExitCode: 1 },
      1,
      ['it ended with exit code 1', 'it was started again once'],
    ],
    [
      'too much memory',
      { ...ended, OOMKilled: true, ExitCode: 137 },
      0,
      ['it was killed for using more memory than its limit of 64 MiB'],
    ],
    [
      'no program',
      { ...ended, ExitCode: 127, Error: 'exec: "x": not found' },
      0,
      ['it cannot be started: exec: "x": not found'],
    ],
  ])('%s', (...[, state, restarts, expected]) => {
    expect(describeEnd(state, restarts, 64 * mebibyte)).toEqual(expected);
  });
});

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, state = '0A'): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000\n`;

describe('where a program listens', () => {
  const loopbackOnly = expect.stringContaining('it listens on port 3000 of loopback only');
  test.each([
    ['everywhere', row('00000000:0BB8'), []],
    ['everywhere of version 6', row('00000000000000000000000000000000:0BB8'), []],
    ['its own address', row('0214000A:0BB8'), []],
    ['loopback', row('0100007F:0BB8'), [loopbackOnly]],
    ['loopback of version 6', row('00000000000000000000000001000000:0BB8'), [loopbackOnly]],
    ['loopback, mapped', row('0000000000000000FFFF00000100007F:0BB8'), [loopbackOnly]],
    ['loopback and everywhere', row('0100007F:0BB8') + row('00000000:0BB8'), []],
    [
      'elsewhere',
      row('00000000:1F91') + row('00000000:0050'),
      ['it listens on 80 and 8081, not on 3000, which PORT says'],
    ],
    ['nowhere', '', ['it listens on no port; it should on 3000, which PORT says']],
    ['nowhere, with a connection', row('00000000:0BB8', '01'), [expect.stringContaining('no port')]],
    ['nowhere, with the name server', row('0B00007F:0BB8'), [expect.stringContaining('no port')]],
  ])('%s', (_where, rows, expected) => {
    expect(describeListening(head + rows + head, 3000)).toEqual(expected);
  });
});
