import { describe, expect, test } from 'vitest';

import { readMessages, type LogMessage } from '../../../../src/engines/docker/logs/log-frames.ts';

const [stdout, stderr] = [1, 2];

function frame(type: number, payload: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([header, Buffer.from(payload)]);
}

async function read(...chunks: readonly Buffer[]): Promise<readonly LogMessage[]> {
  const messages: LogMessage[] = [];
  async function* source(): AsyncIterable<Buffer> {
    yield* chunks;
  }
  for await (const message of readMessages(source())) messages.push(message);
  return messages;
}

describe('the log of a container', () => {
  test('is read however it is cut into chunks', async () => {
    const whole = Buffer.concat([frame(stdout, 'T1 größer\n'), frame(stderr, 'T2 b\r\n')]);
    const expected = [
      { stream: 'stdout', time: 'T1', text: 'größer' },
      { stream: 'stderr', time: 'T2', text: 'b' },
    ];
    for (let cut = 0; cut <= whole.length; cut++)
      expect(await read(whole.subarray(0, cut), whole.subarray(cut))).toEqual(expected);
  });

  test('has long lines whole, also when another stream writes meanwhile', async () => {
    const messages = await read(
      frame(stdout, 'T1 a'),
      frame(stderr, 'T2 other\n'),
      frame(stdout, 'T1 b'),
      frame(stdout, 'T1 c\n'),
    );
    expect(messages.map(({ text }) => text)).toEqual(['other', 'abc']);
  });

  test('keeps apart what ended without a line from what came after', async () => {
    const messages = await read(
      frame(stdout, 'T1 without an end'),
      frame(stdout, 'T2 next run\n'),
      frame(stdout, 'T3 last'),
    );
    expect(messages.map(({ time, text }) => `${time} ${text}`)).toEqual([
      'T1 without an end',
      'T2 next run',
      'T3 last',
    ]);
  });

  test('gives a line that never ends in pieces', async () => {
    const piece = `T1 ${'x'.repeat(16_384)}`;
    const messages = await read(...Array.from({ length: 100 }, () => frame(stdout, piece)));
    expect(messages.length).toBe(20);
    expect(messages.map(({ text }) => text.length).reduce((sum, length) => sum + length)).toBe(16_384 * 100);
  });

  test('has empty lines and spaces as they were written', async () => {
    const messages = await read(frame(stdout, 'T1 \n'), frame(stdout, 'T2   two spaces \n'));
    expect(messages.map(({ text }) => text)).toEqual(['', '  two spaces ']);
  });
});
