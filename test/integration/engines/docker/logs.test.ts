import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Unit } from '../../../../src/plan/desired.ts';
import type { LogLine, LogQuery } from '../../../../src/ports/engine.ts';
import { hasDocker } from '../../../support/docker.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { folderUnit, locate, platformUnit, testSystem, type TestSystem } from './support/system.ts';

/** Writes what it is told to, as one program after the other wrote it. */
const files = {
  Dockerfile: 'FROM node:24-slim\nCOPY server.cjs /\nUSER node\nCMD ["node", "/server.cjs"]\n',
  'server.cjs': `
const { env } = process;
console.log('first of ' + env.INSTANCE_ID);
// Apart: Docker reads the two streams side by side, and stamps what comes at once in any order.
setTimeout(() => console.error('second'), 100);
setTimeout(() => {
  console.log('long ' + 'x'.repeat(40_000) + ' end');
  process.stdout.write('without an end');
}, 200);
setInterval(() => {}, 1000);
`,
};

function query(overrides: Partial<LogQuery>): LogQuery {
  const all = { instances: [], tail: undefined, since: undefined, follow: false };
  return { ...all, signal: new AbortController().signal, ...overrides };
}

describe.skipIf(!hasDocker)('logs in Docker', () => {
  let system: TestSystem;
  let unit: Unit;
  const registry = platformUnit('registry');
  beforeAll(async () => {
    system = await testSystem();
    await locate(system.engine);
    unit = await folderUnit(system.engine, 'writer', { directory: await system.folder('writer', files) });
    await system.perform({ kind: 'open' });
    await Promise.all([registry, unit].map((made) => system.perform({ kind: 'build', unit: made })));
    await system.perform({ kind: 'start', unit, index: 1 });
    await system.perform({ kind: 'start', unit, index: 2 });
  }, 120_000);
  afterAll(() => system[Symbol.asyncDispose]());

  const read = async (overrides: Partial<LogQuery> = {}): Promise<readonly LogLine[]> => {
    const lines: LogLine[] = [];
    for await (const line of system.engine.logs(query(overrides))) lines.push(line);
    return lines;
  };

  test('give the lines of all instances in the order of time', async () => {
    await waitUntil('both have written', async () => (await read()).length === 6);
    const lines = await read();
    expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).toSorted());
    const first = lines.filter(({ instance }) => instance === 'writer-1');
    expect(first.map(({ stream, text }) => `${stream} ${text.slice(0, 20)}`)).toEqual(
      expect.arrayContaining(['stdout first of writer-1', 'stderr second']),
    );
    expect(first.find(({ text }) => text.startsWith('long '))?.text).toBe(`long ${'x'.repeat(40_000)} end`);
  });

  test('give only what is asked for', async () => {
    const [last, ...more] = await read({ instances: ['writer-2'], tail: 1 });
    expect([last?.instance, more.length]).toEqual(['writer-2', 0]);
    expect(await read({ since: new Date(Date.now() + 60_000) })).toEqual([]);
    await expect(read({ instances: ['nobody-1'] })).rejects.toMatchObject({ code: 'MSA_INSTANCE_UNKNOWN' });
  });

  test('that are followed go on after a crash and with new instances, until they are let go', async () => {
    await system.perform({ kind: 'start', unit: registry, index: 1 });
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { text } of system.engine.logs(query({ follow: true, tail: 0, signal: stop.signal })))
        if (/^first|without an end$/.test(text)) seen.push(text);
    })();
    await system.engine.crash('writer-1');
    await waitUntil('its second run is heard', async () => seen.includes('first of writer-1'));
    await system.perform({ kind: 'start', unit, index: 3 });
    await waitUntil('the new one is heard', async () => seen.includes('first of writer-3'));
    stop.abort();
    await following;
    expect(seen).toEqual(['without an end', 'first of writer-1', 'first of writer-3']);
  });

  test('that are followed end when nothing is left', async () => {
    const following = read({ follow: true });
    await system.perform({ kind: 'close', data: true });
    expect((await following).length).toBeGreaterThan(6);
  });
});
