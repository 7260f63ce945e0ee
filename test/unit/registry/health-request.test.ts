import { expect, test } from 'vitest';

import { readStatus, renderHealthRequest } from '../../../src/registry/probe/health-request.ts';

test('the request has one line for the path, whatever is in it', () => {
  const text = renderHealthRequest({ address: '10.0.0.2', port: 3000, path: '/ä\r\nX: y \u0000?a=%20' });
  expect(text.split('\r\n')).toEqual([
    'GET /%c3%a4%0d%0aX:%20y%20%00?a=%20 HTTP/1.1',
    'Host: 10.0.0.2:3000',
    'User-Agent: msa-registry',
    'Accept: */*',
    'Connection: close',
    '',
    '',
  ]);
});

test.each([
  ['HTTP/1.1 200 OK\r\n', 200],
  ['HTTP/1.0 204 \r\n', 204],
  ['HTTP/1.1 503\r\n', 503],
  ['HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n', 302],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n', 200],
  ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 \r\n\r\nHTTP/1.1 500 \r\n', 500],
  ['', undefined],
  ['HT', undefined],
  ['HTTP/1.1 20', undefined],
  ['HTTP/1.1 200', undefined],
  ['HTTP/1.1 103 Early Hints\r\nX: HTTP/1.1 200 OK\r\n', undefined],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2', undefined],
  ['HTTP/2 200\r\n', 'nonsense'],
  ['-ERR unknown command\r\n', 'nonsense'],
  ['\r\nHTTP/1.1 200 OK\r\n', 'nonsense'],
  [`HTTP/1.1 100 Continue\r\nX: ${'x'.repeat(20_000)}`, 'nonsense'],
])('%j has the status %s', (received, expected) => {
  expect(readStatus(received)).toBe(expected);
});

test('any way to cut an answer in two gives the same status', () => {
  const answer = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody';
  const statuses = Array.from({ length: answer.length + 1 }, (_, end) => readStatus(answer.slice(0, end)));
  expect(new Set(statuses)).toEqual(new Set([undefined, 200]));
});
