import { expect, test } from 'vitest';

import { readableLog } from '../../../src/cli/render/readable-log.ts';
import { noColors } from '../../../src/cli/terminal/colors.ts';

const read = (text: unknown): readonly string[] =>
  readableLog({ instance: 'a-1', text: typeof text === 'string' ? text : JSON.stringify(text) }, noColors);

test('JSON of pino and its kin becomes level, message and fields', () => {
  const record = { level: 30, time: 1, service: 'a', instance: 'a-1', pid: 1, hostname: 'h', msg: 'request' };
  expect(read({ ...record, method: 'GET', path: '/a b', status: 200, tags: ['x'] })).toEqual([
    'INFO  request method=GET path="/a b" status=200 tags=["x"]',
  ]);
  expect(read({ level: 'warn', message: 'slow' })).toEqual(['WARN  slow']);
  expect(read({ msg: 'no level', empty: '' })).toEqual(['no level empty=""']);
});

test('what an instance says of another is shown, ids behind everything else', () => {
  expect(read({ msg: 'request', requestId: 'r', service: 'b', instance: 'b-1', status: 200 })).toEqual([
    'request service=b instance=b-1 status=200 requestId=r',
  ]);
});

test('a stack stands on lines of its own', () => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at a.js:1' };
  expect(read({ level: 50, msg: 'failed', err })).toEqual([
    'ERROR failed err={"type":"Error","message":"no"}',
    'Error: no',
    '    at a.js:1',
  ]);
});

test.each(['', 'plain', '{"broken', '{not json}', '[1]', '{"listening":{"port":1}}', '{"msg":1}', '"x"'])(
  '%j stays as it is',
  (text) => {
    expect(read(text)).toEqual([text]);
  },
);
