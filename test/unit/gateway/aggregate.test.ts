import { describe, expect, test } from 'vitest';

import { readClientValues } from '../../../src/gateway/aggregate/client-values.ts';
import { fillPath, fillQueryValue } from '../../../src/gateway/aggregate/fill-template.ts';
import { mergeParts } from '../../../src/gateway/aggregate/merge-parts.ts';
import type { Part } from '../../../src/gateway/aggregate/merge-parts.ts';
import { runCalls } from '../../../src/gateway/aggregate/run-calls.ts';
import type { RunParts } from '../../../src/gateway/aggregate/run-calls.ts';
import { addressProblem, readAddress, readTemplate } from '../../../src/model/policies/aggregate-template.ts';
import { layCalls } from '../../../src/protocol/call-layers.ts';
import type { AggregateCall } from '../../../src/protocol/policies/aggregate.ts';

function call(name: string, address = `/${name}`, more: Partial<AggregateCall> = {}): AggregateCall {
  const place = { kind: 'group', key: name } as const;
  return { name, service: name, method: 'GET', ...readAddress(address), headers: [], optional: false, place, ...more };
}

function answer(body: unknown): Part {
  return { kind: 'answer', body };
}

function client(path = '/home', query = '', fields: readonly string[] = []) {
  return readClientValues({ path, query, fields }, '/home');
}

describe('the address of a call', () => {
  test.each([
    ['users', 'must begin with `/`'],
    ['/a//b', 'must have no empty, `.` or `..` parts'],
    ['/a/../b', 'must have no empty, `.` or `..` parts'],
    ['/a b', 'must consist of letters, digits and the usual punctuation of addresses'],
    ['/a%2Fb', 'must consist of letters, digits and the usual punctuation of addresses'],
    ['/{query.id', 'must close each `{` with a `}`'],
    ['/a?b?c', 'must have one `?` at most'],
    ['/a?=1', 'must have a name for each parameter'],
    ['/a?b=1&', 'must have a name for each parameter'],
    ['/{id}', undefined],
    ['/{query.}', undefined],
    ['/{path.0}', undefined],
  ])('%s is refused', (address, problem) => {
    const told = addressProblem(address);
    expect(told).toContain(problem ?? 'values are `{query.id}`');
  });

  test('takes values from all places', () => {
    const address = '/{path.2}/{order.body.user.id}-{item}?q={query.q}&t={header.X-Tenant}&fixed=1&flag';
    expect(addressProblem(address)).toBeUndefined();
    const { path, query } = readAddress(address);
    const values = {
      client: client('/home/a/b%C3%BC', '?q=a+b%26', ['X-Tenant', 'acme']),
      answers: new Map([['order', { user: { id: 7 } }]]),
      item: 'i/1'.replace('/', '_'),
    };
    expect(fillPath(path, values)).toEqual({ ok: true, text: '/b%C3%BC/7-i_1' });
    expect(query.map(([name, value]) => [name, fillQueryValue(value, values)])).toEqual([
      ['q', { ok: true, text: 'a%20b%26' }],
      ['t', { ok: true, text: 'acme' }],
      ['fixed', { ok: true, text: '1' }],
      ['flag', { ok: true, text: '' }],
    ]);
  });

  test.each(['..', '.', '', 'a/b', 'a\\b', 'a\0b', '\uD800', 'x'.repeat(257)])(
    'never takes %j for a segment of a path',
    (value) => {
      const values = { client: client('/home', `?id=${encodeUnlessBroken(value)}`), answers: new Map([['a', value]]) };
      expect(fillPath(readTemplate('/users/{a.body}'), values)).toMatchObject({ ok: false, blame: 'service' });
      if (value !== '\uD800')
        expect(fillPath(readTemplate('/users/{query.id}'), values)).toMatchObject({ ok: false, blame: 'client' });
    },
  );

  test.each([null, {}, [], undefined])('never takes %j, which is no scalar', (value) => {
    const values = { client: client(), answers: new Map([['a', { value }]]) };
    expect(fillPath(readTemplate('/users/{a.body.value}'), values)).toMatchObject({ ok: false, missing: true });
  });

  test('never takes a value that a client gives twice', () => {
    const values = { client: client('/home', '?id=1&id=2', ['x-a', '1', 'X-A', '2']), answers: new Map() };
    expect(fillPath(readTemplate('/{query.id}'), values)).toMatchObject({ ok: false });
    expect(fillPath(readTemplate('/{header.x-a}'), values)).toMatchObject({ ok: false });
  });

  test('keeps whatever a client sends within one segment', () => {
    const letters = ['a', '/', '%', '2', 'F', '.', '?', '#', '&', ';', '\\', ' ', 'ü', '\n', '+', ':', '@'];
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: (round % 5) + 1 }, (_, at) => letters[(round * (at + 3) * 31 + at) % 17]).join(
        '',
      );
      const values = { client: client('/home', `?id=${encodeURIComponent(text)}`), answers: new Map() };
      const filled = fillPath(readTemplate('/a/{query.id}/b'), values);
      if (!filled.ok) continue;
      const url = new URL(filled.text, 'http://service');
      expect(url.pathname.split('/')).toHaveLength(4);
      expect(decodeURIComponent(url.pathname.split('/')[2] ?? '')).toBe(text);
      expect(url.search + url.hash).toBe('');
    }
  });
});

function encodeUnlessBroken(text: string): string {
  return text === '\uD800' ? '' : encodeURIComponent(text);
}

describe('the order of calls', () => {
  test('is as early as possible', () => {
    const calls = [
      { name: 'c', needs: ['a', 'b'] },
      { name: 'a', needs: [] },
      { name: 'b', needs: ['a'] },
      { name: 'd', needs: [] },
    ];
    expect(layCalls(calls)).toEqual({ layers: [['a', 'd'], ['b'], ['c']], stuck: [] });
  });

  test('does not exist for calls that need each other', () => {
    const calls = [
      { name: 'a', needs: ['b'] },
      { name: 'b', needs: ['a'] },
      { name: 'c', needs: [] },
    ];
    expect(layCalls(calls)).toEqual({ layers: [['c']], stuck: ['a', 'b'] });
  });
});

describe('merging', () => {
  test('depends on the declared order alone', () => {
    const calls = [
      call('a', '/a', { place: { kind: 'merge' } }),
      call('b', '/b', { place: { kind: 'merge' } }),
      call('c', '/c', { place: { kind: 'group', key: 'x' } }),
      call('d', '/d', { place: { kind: 'none' } }),
    ];
    const parts: [string, Part][] = [
      ['a', answer({ x: 1, y: 2 })],
      ['b', answer({ y: 3, z: 4 })],
      ['c', answer({ w: 5 })],
      ['d', answer({ v: 6 })],
    ];
    for (let turn = 0; turn < parts.length; turn += 1) {
      const { document, problems, collisions } = mergeParts(
        calls,
        new Map([...parts.slice(turn), ...parts.slice(0, turn)]),
      );
      expect(document).toEqual({ x: 1, y: 2, z: 4 });
      expect(problems).toEqual([]);
      expect(collisions).toEqual(['b.y', 'c.x']);
    }
  });

  test('names what is missing, and lets no service pretend to', () => {
    const calls = [
      call('a', '/a', { place: { kind: 'merge' } }),
      call('b'),
      call('c', '/c', { place: { kind: 'merge' } }),
    ];
    const parts = new Map<string, Part>([
      ['a', answer({ _problems: 'none', ok: true })],
      ['b', { kind: 'failure', reason: 'answered 500', status: 500, blame: 'service' }],
      ['c', answer([1])],
    ]);
    expect(mergeParts(calls, parts)).toEqual({
      document: {
        ok: true,
        _problems: [
          { part: 'b', reason: 'answered 500', status: 500 },
          { part: 'c', reason: 'answered no object that could be merged' },
        ],
      },
      problems: expect.anything(),
      collisions: ['a._problems'],
    });
  });

  test('picks, filters and renames', () => {
    const body = { data: { id: 1, name: 'Ann', secret: 'x', tags: [{ id: 1, note: 'y' }] }, other: 1 };
    const shape = {
      pick: ['data'],
      allow: [['id'], ['name'], ['tags', '*', 'id']],
      deny: [['id']],
      rename: [[['name'], ['title']]],
    } as const;
    const { document } = mergeParts([call('a', '/a', shape)], new Map([['a', answer(body)]]));
    expect(document).toEqual({ a: { title: 'Ann', tags: [{ id: 1 }] } });
    expect(body.data.name).toBe('Ann');
  });

  test('gives no prototype to the result', () => {
    const body = JSON.parse('{"__proto__":{"admin":true},"id":1}');
    const { document } = mergeParts([call('a', '/a', { place: { kind: 'merge' } })], new Map([['a', answer(body)]]));
    expect(Reflect.get(document, 'admin')).toBeUndefined();
    expect(JSON.stringify(document)).toBe('{"__proto__":{"admin":true},"id":1}');
  });
});

/** Services that answer when they are told to. */
function createServices() {
  const waiting = new Map<string, (part: Part) => void>();
  const asked: string[] = [];
  const ask: RunParts['ask'] = ({ target }) => {
    asked.push(target);
    return new Promise((resolve) => waiting.set(target, resolve));
  };
  const give = async (target: string, part: Part): Promise<void> => {
    waiting.get(target)?.(part);
    await new Promise(setImmediate);
  };
  return { asked, ask, give };
}

describe('the calls of a request', () => {
  const none = { client: client(), fields: ['Authorization', 'Bearer x', 'cookie', 'a=b'] };

  test('are made as soon as what they need is there', async () => {
    const { asked, ask, give } = createServices();
    const calls = [call('user', '/users/{order.body.userId}'), call('order', '/orders/1'), call('hints')];
    const run = runCalls({ base: '/home', timeoutMs: 60_000, calls }, { ...none, ask });
    expect(asked).toEqual([]);
    await new Promise(setImmediate);
    expect(asked.toSorted()).toEqual(['/hints', '/orders/1']);
    await give('/orders/1', answer({ userId: 'u 1' }));
    expect(asked).toContain('/users/u%201');
    await give('/users/u%201', answer({ name: 'Ann' }));
    await give('/hints', answer([]));
    expect(await run).toEqual(
      new Map([
        ['user', answer({ name: 'Ann' })],
        ['order', answer({ userId: 'u 1' })],
        ['hints', answer([])],
      ]),
    );
  });

  test('are over when one fails without which there is no answer', async () => {
    const { ask, give } = createServices();
    const run = runCalls({ base: '/home', timeoutMs: 60_000, calls: [call('a'), call('b')] }, { ...none, ask });
    await new Promise(setImmediate);
    await give('/a', { kind: 'failure', reason: 'answered 500', status: 500, blame: 'service' });
    const parts = await run;
    expect(parts.get('a')).toMatchObject({ status: 500 });
    expect(parts.get('b')).toMatchObject({ blame: 'time' });
  });

  test('are over when the time is, with what has come', async () => {
    const calls = [call('a'), call('b', '/b', { optional: true })];
    const ask: RunParts['ask'] = ({ target }) =>
      target === '/a' ? Promise.resolve(answer(1)) : new Promise(() => undefined);
    const parts = await runCalls({ base: '/home', timeoutMs: 20, calls }, { ...none, ask });
    expect(parts.get('a')).toEqual(answer(1));
    expect(parts.get('b')).toEqual({ kind: 'failure', reason: 'gave no answer within 20 ms', blame: 'time' });
  });

  test('that need a failed one are not made', async () => {
    const { asked, ask, give } = createServices();
    const calls = [call('a', '/a', { optional: true }), call('b', '/b/{a.body.id}', { optional: true })];
    const run = runCalls({ base: '/home', timeoutMs: 60_000, calls }, { ...none, ask });
    await new Promise(setImmediate);
    await give('/a', { kind: 'failure', reason: 'answered 404', status: 404, blame: 'service' });
    expect((await run).get('b')).toMatchObject({ reason: 'needs a, which failed' });
    expect(asked).toEqual(['/a']);
  });

  test('get the listed fields of the client and no others', async () => {
    const seen: (readonly string[])[] = [];
    const ask: RunParts['ask'] = ({ fields }) => (seen.push(fields), Promise.resolve(answer(1)));
    const calls = [call('a', '/a', { headers: ['authorization'] }), call('b')];
    await runCalls({ base: '/home', timeoutMs: 60_000, calls }, { ...none, ask });
    expect(seen).toEqual([['authorization', 'Bearer x'], []]);
  });

  test('leave out parameters that the client left out', async () => {
    const { asked, ask } = createServices();
    void runCalls(
      { base: '/home', timeoutMs: 20, calls: [call('a', '/a?page={query.page}&size=5')] },
      { ...none, ask },
    );
    await new Promise(setImmediate);
    expect(asked).toEqual(['/a?size=5']);
  });

  test('are made for each item of a list, a few at once, and gathered in its order', async () => {
    const { asked, ask, give } = createServices();
    const list = { from: 'call', call: 'list', steps: ['ids'] } as const;
    const each = call('each', '/items/{item}', { forEach: { list, limit: 5, parallel: 2 } });
    const run = runCalls({ base: '/home', timeoutMs: 60_000, calls: [call('list'), each] }, { ...none, ask });
    await new Promise(setImmediate);
    await give('/list', answer({ ids: [3, 1, 2] }));
    expect(asked).toEqual(['/list', '/items/3', '/items/1']);
    await give('/items/1', answer('one'));
    await give('/items/2', answer('two'));
    await give('/items/3', answer('three'));
    expect((await run).get('each')).toEqual(answer(['three', 'one', 'two']));
  });

  test('are not made for more items than allowed', async () => {
    const list = { from: 'call', call: 'list', steps: [] } as const;
    const each = call('each', '/items/{item}', { forEach: { list, limit: 2, parallel: 2 } });
    const { ask, give } = createServices();
    const run = runCalls({ base: '/home', timeoutMs: 60_000, calls: [call('list'), each] }, { ...none, ask });
    await new Promise(setImmediate);
    await give('/list', answer([1, 2, 3]));
    const parts = await run;
    expect(parts.get('each')).toMatchObject({ reason: 'needs {list.body}, which has 3 items; 2 are allowed' });
  });
});
