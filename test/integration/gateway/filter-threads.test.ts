import { afterEach, describe, expect, test } from 'vitest';

import type { CallMessage, RequestFacts } from '../../../src/gateway/filters/messages.ts';
import { restartDelayMs, RunningFilter } from '../../../src/gateway/filters/running-filter.ts';
import { Log } from '../../../src/gateway/observe/log.ts';
import { waitUntil } from '../../support/wait-until.ts';

const running: RunningFilter[] = [];
afterEach(() => {
  for (const filter of running.splice(0)) filter.close();
});

/** A filter of this code, and what it writes into the log. */
function start(code: string) {
  const lines: Record<string, unknown>[] = [];
  const log = new Log('debug', (text) => {
    for (const line of text.trim().split('\n')) lines.push(JSON.parse(line));
  });
  const filter = new RunningFilter(of(code), log);
  running.push(filter);
  return { filter, lines };
}

function of(code: string) {
  return { name: 'stamp', code, hash: code, source: '' };
}

function pre(facts: Partial<RequestFacts> = {}, requestId = 'r1'): Omit<CallMessage, 'id' | 'kind'> {
  const ids = { requestId, traceId: 't1', method: 'GET', path: '/orders', route: '/orders', service: 'orders' };
  const context = { ...ids, client: '127.0.0.1', identity: undefined, now: 1000, notes: {} };
  return {
    stage: 'pre',
    context,
    subject: { path: '/orders', query: 'a=1', fields: ['X-A', '1', 'x-a', '2'], services: [], ...facts },
  };
}

const call = ({ filter }: ReturnType<typeof start>, timeoutMs = 5000) => filter.call(pre(), timeoutMs);
/** A filter whose `pre` has this body. */
const preOf = (body: string): string => `exports.default = { async pre(request, context) { ${body} } }`;

/** One whose `pre` answers only after a moment, with its version. */
const version = (number: number): string =>
  preOf(`await new Promise((r) => setTimeout(r, 20)); context.notes.version = ${number}`);

/** One that speaks in the place of its thread. */
const forge = (result: string): string =>
  `const { parentPort } = require('node:worker_threads'); let id = 0;
   exports.default = { pre: () => { parentPort.postMessage({ kind: 'done', id: ++id, result: ${result} }) } }`;

const said = (result: string) => call(start(forge(result)));

describe('a filter', () => {
  test('reads a request and says what is to be changed', async () => {
    const body = `request.headers.set('X-Seen', request.headers.get('x-A') + request.method + request.query);
      request.headers.append('x-b', 1); request.headers.delete('x-a'); request.path = '/v2' + request.path; request.query = '';
      context.notes.kept = request.headers.has('x-a');`;
    expect(await call(start(preOf(body)))).toEqual({
      fields: [
        ['set', 'x-seen', '1, 2GETa=1'],
        ['append', 'x-b', '1'],
        ['delete', 'x-a', ''],
      ],
      path: '/v2/orders',
      query: '',
      notes: { kept: false },
    });
  });

  test('may be exported by name, and keeps a state for all requests', async () => {
    const started = start(
      `exports.filter = { pre(request, { state, notes }) { state.set('n', (state.get('n') ?? 0) + 1); notes.n = state.get('n') } }`,
    );
    expect(await call(started)).toEqual({ notes: { n: 1 } });
    expect(await call(started)).toEqual({ notes: { n: 2 } });
  });

  test('answers in the place of the service, with JSON for what is no text', async () => {
    const result = await call(start(preOf(`return { status: 201, headers: { 'x-a': 1 }, body: { ok: true } }`)));
    const fields = ['x-a', '1', 'content-type', 'application/json'];
    expect(result).toEqual({ answer: { status: 201, fields, body: new TextEncoder().encode('{"ok":true}') } });
  });

  test('refuses', async () => {
    const result = await call(start(preOf(`return { refuse: 403, detail: 'No.' }`)));
    expect(result).toEqual({ refusal: { status: 403, detail: 'No.' } });
  });

  test('chooses only services that are listed for it', async () => {
    const { filter } = start(`exports.default = { route: (request) => request.query }`);
    const choose = (query: string) => filter.call(pre({ query, services: ['next'] }), 5000);
    expect(await choose('next')).toEqual({ service: 'next' });
    await expect(choose('other')).rejects.toThrow('route chose "other", but msa.yaml lists next');
  });

  test('may use what is in Node, but not the variables of the gateway', async () => {
    const code = `const { createHash } = require('node:crypto'); exports.default = { pre(request, { notes }) {
      notes.hash = createHash('sha256').update('a').digest('hex').slice(0, 8); notes.env = Object.keys(process.env); } }`;
    expect(await call(start(code))).toEqual({ notes: { hash: 'ca978112', env: [] } });
  });

  test('writes into the log with the id of the request, as much as a person can read', async () => {
    const started = start(
      preOf(
        `context.log('seen', { a: [1] }); console.warn('x'.repeat(5000)); for (let i = 0; i < 500; i++) context.log(i)`,
      ),
    );
    await call(started);
    expect(started.lines).toContainEqual(
      expect.objectContaining({ level: 'info', msg: 'seen { a: [ 1 ] }', filter: 'stamp', requestId: 'r1' }),
    );
    const printed = started.lines.find(({ level }) => level === 'warn');
    expect(printed?.['msg']).toBe('x'.repeat(2000));
    expect(started.lines.length).toBeLessThan(250);
    expect(started.filter.stats.droppedLines).toBeGreaterThan(200);
  });
});

describe('what a filter must not write', () => {
  test.each([
    [`request.headers.set('x-a', 'b\\r\\nset-cookie: c=d')`, 'characters that no header field may have'],
    [`request.headers.set('x-a', 'b\\nc')`, 'characters that no header field may have'],
    [`request.headers.set('x-a', 'b\\u0000')`, 'characters that no header field may have'],
    [`request.headers.set('x-a', '\\u{1F600}')`, 'characters that no header field may have'],
    [`request.headers.set('x-a: b\\r\\nx', 'b')`, 'is no name of a header field'],
    [`request.headers.set('', 'b')`, 'is no name of a header field'],
    [`request.headers.set('x-a', 'b'.repeat(9000))`, 'is longer than 8192 characters'],
    [`request.headers.set('Transfer-Encoding', 'chunked')`, "is the gateway's own"],
    [`request.headers.set('content-length', 3)`, "is the gateway's own"],
    [`request.headers.delete('Host')`, "is the gateway's own"],
    [`request.headers.append('X_Forwarded_For', '1.2.3.4')`, "is the gateway's own"],
    [`request.headers.set('x-msa-user', 'root')`, "is the gateway's own"],
    [`request.path = '//evil.example'`, 'is no path'],
    [`request.path = '/a b'`, 'is no path'],
    [`request.path = '/a?b'`, 'is no path'],
    [`request.path = '/a%2Fb'`, 'the path it wrote is none'],
    [`request.query = 'a b'`, 'is no query'],
    [`request.query = 'a\\r\\nHost: b'`, 'is no query'],
    [`return { status: 99 }`, 'a status must be a number from 200 to 599'],
    [`return { status: 200, headers: { 'x-a': 'b\\r\\n' + 'x-c: d' } }`, 'characters that no header field may have'],
    [`return { refuse: 200 }`, 'a status must be a number from 400 to 599'],
    [`return 1`, 'pre must return nothing, an answer or a refusal'],
    [`return { ok: true }`, 'neither `status` nor `refuse`'],
    [`return { status: 200, body: 'x'.repeat(1024 * 1024 + 1) }`, 'a body of it has more than 1048576 bytes'],
    [`for (let i = 0; i < 65; i++) request.headers.append('x-' + i, 'a')`, 'more than 64 header fields'],
    [`context.notes.large = 'x'.repeat(5000)`, 'its notes have more than 4096 characters'],
    [`context.notes.large = 1n`, 'its notes are no plain data'],
  ])('%s', async (body, problem) => {
    await expect(call(start(preOf(body)))).rejects.toThrow(problem);
  });

  test('is looked at again where the gateway is, for the thread runs code that can say anything', async () => {
    await expect(said(`{ fields: [['set', 'x-a', 'b\\r\\nc']] }`)).rejects.toThrow('no header field may have');
    await expect(said(`{ fields: [['set', 'host', 'b']] }`)).rejects.toThrow("is the gateway's own");
    await expect(said(`{ fields: [['put', 'x-a', 'b']] }`)).rejects.toThrow('in no known way');
    await expect(said(`{ fields: [{}] }`)).rejects.toThrow('in no known way');
    await expect(said(`{ path: '/a\\r\\n' }`)).rejects.toThrow('must be escaped');
    await expect(said(`{ path: '/a/../../b' }`)).resolves.toEqual({ path: '/b' });
    await expect(said(`{ status: 'x' }`)).rejects.toThrow('is not from 200 to 599');
    await expect(said(`{ body: 'x' }`)).rejects.toThrow('has no bytes');
    await expect(said(`{ answer: { status: 200, fields: ['a'], body: new Uint8Array() } }`)).rejects.toThrow(
      'are none',
    );
    await expect(said(`[1]`)).rejects.toThrow('its result is no object');
    await expect(said(`null`)).rejects.toThrow('its result is no object');
  });
});

describe('a filter that fails', () => {
  const mapped =
    // What esbuild makes of a file whose line 3 throws.
    `exports.default={pre(){throw new Error("broken")}};\n//# sourceMappingURL=data:application/json;base64,` +
    Buffer.from(
      JSON.stringify({ version: 3, sources: ['gateway/filters/stamp.ts'], names: [], mappings: 'AAEA' }),
    ).toString('base64');

  test('tells the line of its own file', async () => {
    await expect(call(start(mapped))).rejects.toThrow('Error: broken (gateway/filters/stamp.ts:3:1)');
  });

  test('by throwing what is no error harms only that request', async () => {
    const started = start(preOf(`if (!context.state.get('x')) { context.state.set('x', 1); throw null; }`));
    await expect(call(started)).rejects.toThrow('it threw null');
    expect(await call(started)).toEqual({});
    expect(started.filter.stats).toMatchObject({ calls: { ok: 1, failed: 1 }, crashes: 0 });
  });

  test('that waits too long is given up, and others go on in the same thread', async () => {
    const code = `exports.default = { pre: (request) => request.query === 'slow' ? new Promise(() => {}) : undefined }`;
    const { filter } = start(code);
    const slow = filter.call(pre({ query: 'slow' }), 50);
    await expect(slow).rejects.toMatchObject({ kind: 'timeout', message: 'it did not answer within 50 ms' });
    expect(await filter.call(pre(), 5000)).toEqual({});
    expect(filter.stats.crashes).toBe(0);
  });

  test('that never ends is ended, and what it had not begun is done by the next thread', async () => {
    const code = `exports.default = { pre: (request, { notes }) => { if (request.query === 'loop') for (;;); notes.done = true } }`;
    const { filter } = start(code);
    expect(await filter.call(pre(), 5000)).toEqual({ notes: { done: true } });
    const loop = filter.call(pre({ query: 'loop' }), 100);
    const behind = [1, 2, 3].map(() => filter.call(pre(), 20_000));
    await expect(loop).rejects.toMatchObject({ kind: 'timeout' });
    expect(await Promise.all(behind)).toEqual(behind.map(() => ({ notes: { done: true } })));
    expect(filter.stats.crashes).toBe(1);
  });

  test('that never ends and writes into the log all the time is ended too', async () => {
    const { filter, lines } = start(preOf(`for (; request.query === 'loop'; ) context.log('again')`));
    await expect(filter.call(pre({ query: 'loop' }), 100)).rejects.toMatchObject({ kind: 'timeout' });
    expect(await filter.call(pre(), 20_000)).toEqual({});
    expect(filter.stats.crashes).toBe(1);
    expect(filter.stats.droppedLines).toBeGreaterThan(1000);
    expect(lines.length).toBeLessThan(1000);
  });

  test.each([
    [
      'takes all memory',
      'const all = []; for (;;) all.push(new Array(1000).fill(Math.random()))',
      'more memory than it may',
    ],
    [
      'keeps bytes without end',
      `context.state.set('all', Buffer.alloc(80 * 1024 * 1024)); await new Promise(() => {})`,
      'more memory than it may',
    ],
    ['ends its thread', 'process.exit(3)', 'it ended itself with 3'],
    [
      'throws where nobody waits',
      `setImmediate(() => { throw new Error('late') }); await new Promise(() => {})`,
      'late',
    ],
    ['lets a promise fail', `Promise.reject(new Error('unseen')); await new Promise(() => {})`, 'unseen'],
    ['recurses without end', `const f = () => f() + 1; f()`, 'call stack'],
  ])('because it %s fails its request, and the next one goes through', async (_what, body, problem) => {
    const started = start(preOf(`if (request.query === 'bad') { ${body} }`));
    await expect(started.filter.call(pre({ query: 'bad' }), 30_000)).rejects.toThrow(problem);
    expect(await call(started, 30_000)).toEqual({});
  });

  test('at every request is started again at longer and longer distances', async () => {
    const started = start(preOf('process.exit(1)'));
    await expect(call(started)).rejects.toMatchObject({ kind: 'crashed' });
    await expect(call(started)).rejects.toMatchObject({ kind: 'crashed' });
    await expect(call(started)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(started.filter.trouble).toContain('it has ended 2 times');
    await waitUntil('the filter is loaded', async () => started.filter.isReady);
    expect(started.filter.trouble).toBeUndefined();
    expect([1, 2, 3, 4, 20].map(restartDelayMs)).toEqual([0, 100, 200, 400, 5000]);
  });
});

describe('a filter that cannot be loaded', () => {
  test.each([
    [`throw new Error('at start')`, 'Error: at start'],
    [`exports.default = 3`, 'it exports no object with a stage'],
    [`exports.default = { prae() {} }`, 'it has `prae`, which is no stage: pre, route, post, error'],
    [`exports.default = { pre() {}, maxBodyBytes: -1 }`, 'maxBodyBytes must be a whole number from 1 to 1048576'],
    [`require('left-pad')`, 'there is no module left-pad in Node'],
    [`exports.default = {`, 'SyntaxError'],
  ])('%s', async (code, problem) => {
    const started = start(code);
    await expect(call(started)).rejects.toThrow(`it cannot be loaded: `);
    expect(started.filter.trouble).toContain(problem);
    expect(started.filter.has('post')).toBe(true);
    started.filter.update(of(preOf('')));
    expect(await call(started)).toEqual({});
  });
});

describe('a changed filter', () => {
  test('takes the place of the one before when it is ready, and no call is lost', async () => {
    const started = start(version(1));
    await call(started);
    const seen = new Set<unknown>();
    const calls: Promise<void>[] = [];
    const send = (): void => void calls.push(call(started).then(({ notes }) => void seen.add(notes?.['version'])));
    for (let number = 2; number <= 4; number += 1) {
      started.filter.update(of(version(number)));
      await waitUntil(`version ${number} answers`, async () => {
        send();
        return seen.has(number);
      });
    }
    await Promise.all(calls);
    expect([...seen]).toEqual([1, 2, 3, 4]);
    expect(started.filter.stats.calls).toMatchObject({ failed: 0, crashed: 0, unavailable: 0, timeout: 0 });
  });

  test('that cannot be loaded does not leave the one before in its place', async () => {
    const started = start(version(1));
    await call(started);
    started.filter.update(of('throw new Error("new")'));
    await waitUntil('the filter is in trouble', async () => started.filter.trouble !== undefined);
    await expect(call(started)).rejects.toThrow('Error: new');
  });

  test('has every stage until it is known which, so that none is left out', async () => {
    const { filter } = start(`exports.default = { post() { process.exit(1) } }`);
    const crash = (): Promise<unknown> =>
      filter.call({ ...pre(), stage: 'post', subject: { status: 200, fields: [], body: undefined } }, 5000);
    await expect(crash()).rejects.toMatchObject({ kind: 'crashed' });
    expect(filter.has('pre')).toBe(false);
    await expect(crash()).rejects.toMatchObject({ kind: 'crashed' });
    filter.update(of(preOf('context.notes.ran = 1')));
    expect(filter.has('pre')).toBe(true);
    expect(await filter.call(pre(), 5000)).toEqual({ notes: { ran: 1 } });
    expect(filter.has('post')).toBe(false);
  });

  test('is not loaded again when it is the same', async () => {
    const started = start(version(1));
    await call(started);
    started.filter.update(of(version(1)));
    await call(started);
    expect(started.lines.filter(({ msg }) => msg === 'filter loaded')).toHaveLength(1);
  });
});
