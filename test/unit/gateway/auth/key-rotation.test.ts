import { expect, test } from 'vitest';

import { bench, cooldownMs, keyPair, sign } from './tokens.ts';

const first = await keyPair('ES256', 'key-1');
const second = await keyPair('ES256', 'key-2');
const third = await keyPair('ES256', 'key-3');
const minute = 60_000;

test('a token is checked once; as long as it is good, its text is enough', async () => {
  const it = bench([first.jwk]);
  const token = await sign(first);
  expect(await it.userOf(token)).toBe('ada');
  expect(it.checker.check(token)).toMatchObject({ kind: 'valid' });
  expect(it.asked()).toBe(1);
});

test('a remembered token ends when it expires', async () => {
  const it = bench([first.jwk]);
  const token = await sign(first, { claims: { exp: it.now / 1000 + 60 } });
  expect(await it.userOf(token)).toBe('ada');
  it.now += 89_999;
  expect(await it.userOf(token)).toBe('ada');
  it.now += 1;
  expect(await it.userOf(token)).toBe('rejected: The token has expired.');
});

test('a token that has expired costs nothing: its keys are not even asked for', async () => {
  const it = bench([first.jwk]);
  expect(await it.userOf(await sign(first, { claims: { exp: it.now / 1000 - 60 } }))).toBe(
    'rejected: The token has expired.',
  );
  expect(it.asked()).toBe(0);
});

test('a clock that is set back keeps nobody out, and does not keep keys for ever', async () => {
  const it = bench([first.jwk]);
  expect(await it.userOf(await sign(first))).toBe('ada');
  it.now -= 2 * 3_600_000;
  expect(await it.userOf(await sign(first, { claims: { sub: 'bob' } }))).toBe('bob');
  it.published = { keys: [second.jwk] };
  it.now += 21 * minute;
  expect(await it.userOf(await sign(first))).toMatch(/does not have/);
});

test('many requests with the same new token are one check and one question', async () => {
  const it = bench([first.jwk]);
  const token = await sign(first);
  const users = await Promise.all(Array.from({ length: 50 }, () => it.userOf(token)));
  expect(new Set(users)).toEqual(new Set(['ada']));
  expect(it.asked()).toBe(1);
});

test('a token signed with a new key makes the keys be read again', async () => {
  const it = bench([first.jwk]);
  expect(await it.userOf(await sign(first))).toBe('ada');
  it.published = { keys: [first.jwk, second.jwk] };
  it.now += cooldownMs;
  expect(await it.userOf(await sign(second))).toBe('ada');
  expect(it.asked()).toBe(2);
});

test('tokens that name unknown keys cause no more than one question in a time', async () => {
  const it = bench([first.jwk]);
  await it.userOf(await sign(first));
  it.now += cooldownMs;
  for (let turn = 0; turn < 20; turn += 1) {
    expect(await it.userOf(await sign(first, { header: { kid: `made-up-${turn}` } }))).toMatch(/does not have/);
  }
  expect(it.asked()).toBe(2);
});

test('a key that is withdrawn takes the remembered tokens with it', async () => {
  const it = bench([first.jwk, second.jwk]);
  const token = await sign(first);
  expect(await it.userOf(token)).toBe('ada');
  it.published = { keys: [second.jwk, third.jwk] };
  it.now += cooldownMs;
  expect(await it.userOf(await sign(third))).toBe('ada');
  expect(await it.userOf(token)).toMatch(/does not have/);
});

test('a key that is replaced under the same name takes the remembered tokens with it', async () => {
  const it = bench([first.jwk]);
  const token = await sign(first);
  expect(await it.userOf(token)).toBe('ada');
  it.published = { keys: [{ ...second.jwk, kid: 'key-1' }] };
  it.now += 11 * minute;
  // This one brings the question on its way, and does not wait for it.
  expect(await it.userOf(token)).toBe('ada');
  await expect.poll(() => it.userOf(token)).toMatch(/does not fit/);
});

test('after a long time without requests the keys are read before anything is believed', async () => {
  const it = bench([first.jwk]);
  const token = await sign(first, { claims: { exp: it.now / 1000 + 100_000 } });
  expect(await it.userOf(token)).toBe('ada');
  it.published = { keys: [second.jwk] };
  it.now += 21 * minute;
  expect(await it.userOf(token)).toMatch(/does not have/);
});

test.each([
  ['is down', new Error('connect ECONNREFUSED')],
  ['answers with garbage', 'garbage'],
  ['answers with no list', { keys: 'none' }],
  ['answers with null', null],
  ['answers with keys of no use', { keys: [{ kty: 'oct', k: 'AAAA' }] }],
  ['answers with too many keys', { keys: Array.from({ length: 101 }, () => first.jwk) }],
])('while the issuer %s, its last keys hold, for as long as is said', async (_how, published) => {
  const it = bench([first.jwk], { keepMs: 60 * minute });
  const token = await sign(first, { claims: { exp: it.now / 1000 + 100_000 } });
  expect(await it.userOf(token)).toBe('ada');
  it.published = published;
  it.now += 30 * minute;
  expect(await it.userOf(token)).toBe('ada');
  expect(await it.userOf(await sign(first, { claims: { sub: 'bob' } }))).toBe('bob');
  expect(it.failures.length).toBeGreaterThan(0);
  it.now += 31 * minute;
  expect(await it.userOf(token)).toMatch(/^unknown/);
  it.published = { keys: [first.jwk] };
  it.now += cooldownMs;
  expect(await it.userOf(token)).toBe('ada');
});

test('an issuer that says it has no keys any more is believed', async () => {
  const it = bench([first.jwk]);
  const token = await sign(first);
  expect(await it.userOf(token)).toBe('ada');
  it.published = { keys: [] };
  it.now += 21 * minute;
  expect(await it.userOf(token)).toMatch(/does not have/);
});

test('before any keys are known, tokens are neither accepted nor rejected, and the issuer is not asked without end', async () => {
  const it = bench([first.jwk]);
  it.published = new Error('connect ECONNREFUSED');
  for (let turn = 0; turn < 20; turn += 1) expect(await it.userOf(await sign(first))).toMatch(/^unknown/);
  expect(it.asked()).toBe(1);
  it.published = { keys: [first.jwk] };
  it.now += 1000;
  expect(await it.userOf(await sign(first))).toBe('ada');
});

test('a key set that gives a secret away is not used', async () => {
  const it = bench([{ ...first.jwk, d: 'AAAA' }]);
  expect(await it.userOf(await sign(first))).toMatch(/^unknown/);
});

test('a key that cannot be read spoils no other', async () => {
  const it = bench([{ ...second.jwk, x: '!' }, first.jwk]);
  expect(await it.userOf(await sign(first))).toBe('ada');
  expect(await it.userOf(await sign(second))).toMatch(/does not have/);
});

test('more tokens at a time than can be checked are put off, not taken on trust', async () => {
  const it = bench([first.jwk]);
  const tokens = await Promise.all(
    Array.from({ length: 700 }, (_, turn) => sign(first, { claims: { sub: `u${turn}` } })),
  );
  const users = await Promise.all(tokens.map((token) => it.userOf(token)));
  const putOff = users.filter((user) => user.startsWith('unknown'));
  expect(putOff.length).toBe(700 - 16 - 512);
  expect(users.filter((user) => user.startsWith('u') && !user.startsWith('unknown')).length).toBe(16 + 512);
});
