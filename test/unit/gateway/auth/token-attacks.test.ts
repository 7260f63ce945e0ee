import { createHmac } from 'node:crypto';

import { CompactEncrypt, exportSPKI, importJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';

import { bench, forge, issuerName, keyPair, sign, startMs } from './tokens.ts';

const rsa = await keyPair('RS256', 'rsa-1');
const ec = await keyPair('ES256', 'ec-1');
const ed = await keyPair('EdDSA', 'ed-1');
const attacker = await keyPair('RS256', 'rsa-1');

const claims = { iss: issuerName, aud: 'shop', sub: 'ada', exp: startMs / 1000 + 3600 };

describe('a token', () => {
  test.each([
    ['RS256', rsa],
    ['ES256', ec],
    ['EdDSA', ed],
  ])('that is signed with %s by the issuer is accepted', async (_alg, pair) => {
    const { userOf } = bench([rsa.jwk, ec.jwk, ed.jwk]);
    expect(await userOf(await sign(pair))).toBe('ada');
  });
});

describe('RFC 8725', () => {
  const { userOf } = bench([rsa.jwk, ec.jwk, ed.jwk]);

  test.each(['none', 'None', 'NONE', 'nOnE', '', null, 0])(
    '2.1: a token without a signature is refused (alg %j)',
    async (alg) => {
      expect(await userOf(forge({ alg }, claims, 'x'))).toMatch(/^rejected: /);
      expect(await userOf(forge({ alg, kid: 'rsa-1' }, claims, ''))).toMatch(/^rejected: /);
    },
  );

  test('2.1: the public key is no secret to sign with (RS256 taken for HS256)', async () => {
    const key = await importJWK(rsa.jwk, 'RS256');
    const pem = await exportSPKI(key as Parameters<typeof exportSPKI>[0]);
    for (const secret of [pem, pem.trim(), JSON.stringify(rsa.jwk), String(rsa.jwk.n)]) {
      const [header = '', payload = ''] = forge({ alg: 'HS256', kid: 'rsa-1' }, claims, '').split('.');
      const signature = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
      expect(await userOf(`${header}.${payload}.${signature}`)).toBe(
        'rejected: The token is signed in a way that is not accepted.',
      );
    }
  });

  test('2.1: a secret key in the key set is not used, even if somebody allows it', async () => {
    const secret = Buffer.alloc(32, 7);
    const jwk = { kty: 'oct', k: secret.toString('base64url'), kid: 'oct-1', alg: 'HS256' };
    const other = bench([rsa.jwk, jwk], { algorithms: ['RS256', 'HS256' as 'RS256'] });
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'oct-1' }).sign(secret);
    expect(await other.userOf(token)).toBe('rejected: The token is signed with a key that its issuer does not have.');
  });

  test('2.2: an RSA key that is too short is not used', async () => {
    const short = { ...rsa.jwk, n: String(rsa.jwk.n).slice(0, 171), kid: 'short' };
    const other = bench([short, ec.jwk]);
    expect(await other.userOf(await sign(rsa, { header: { kid: 'short' } }))).toMatch(/does not have/);
  });

  test('3.1: the algorithm is one of those allowed, not any that the key could do', async () => {
    const token = await sign(rsa, { header: { alg: 'RS512' } }).catch(() => '');
    expect(token === '' ? 'not signed' : await userOf(token)).toMatch(/not signed|not accepted/);
    const other = bench([rsa.jwk, ec.jwk], { algorithms: ['ES256'] });
    expect(await other.userOf(await sign(rsa))).toBe('rejected: The token is signed in a way that is not accepted.');
  });

  test('3.1: a key is used with its own algorithm only', async () => {
    const other = bench([{ ...rsa.jwk, alg: 'PS256' }], { algorithms: ['RS256', 'PS256'] });
    expect(await other.userOf(await sign(rsa))).toMatch(/does not have/);
  });

  test('3.3: a signature of somebody else does not fit', async () => {
    expect(await userOf(await sign(attacker))).toBe('rejected: The signature does not fit.');
  });

  test('3.3: what was changed after signing does not fit', async () => {
    const [header = '', , signature = ''] = (await sign(rsa)).split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url');
    expect(await userOf(`${header}.${payload}.${signature}`)).toBe('rejected: The signature does not fit.');
  });

  test('3.3: an ECDSA signature of zeros is none', async () => {
    const token = forge({ alg: 'ES256', kid: 'ec-1' }, claims, Buffer.alloc(64).toString('base64url'));
    expect(await userOf(token)).toBe('rejected: The signature does not fit.');
  });

  test('3.8: the issuer is one that is trusted', async () => {
    for (const iss of ['https://evil.test', `${issuerName}/`, issuerName.toUpperCase(), '', '__proto__', 'constructor'])
      expect(await userOf(await sign(rsa, { claims: { iss } }))).toMatch(/not trusted/);
    expect(await userOf(await sign(rsa, { without: 'iss' }))).toMatch(/not trusted/);
    expect(await userOf(await sign(rsa, { claims: { iss: [issuerName] as unknown as string } }))).toMatch(/^rejected/);
  });

  test('3.9: the token is meant for us', async () => {
    expect(await userOf(await sign(rsa, { claims: { aud: 'bank' } }))).toMatch(/meant for somebody else/);
    expect(await userOf(await sign(rsa, { without: 'aud' }))).toMatch(/meant for somebody else/);
    expect(await userOf(await sign(rsa, { claims: { aud: ['bank', 'shop'] } }))).toBe('ada');
  });

  test.each([
    ['jwk', { jwk: attacker.jwk }],
    ['jku', { jku: 'http://evil.test/keys' }],
    ['x5u', { x5u: 'http://evil.test/cert' }],
    ['x5c', { x5c: ['MIIB'] }],
  ])('3.10: a key that comes with the token counts for nothing (%s)', async (_name, header) => {
    const other = bench([rsa.jwk]);
    expect(await other.userOf(await sign(attacker, { header }))).toBe('rejected: The signature does not fit.');
    expect(await other.userOf(await sign(attacker, { header: { ...header, kid: 'mine' } }))).toMatch(/does not have/);
    expect(other.asked()).toBe(1);
  });

  test('3.10: a key id is no path, no query and no key of an object', async () => {
    for (const kid of ['../../etc/passwd', "' OR 1=1 --", '__proto__', 'http://evil.test/key', ''])
      expect(await userOf(await sign(attacker, { header: { kid } }))).toMatch(/does not have|does not fit/);
  });

  test('3.10: of several keys that fit, a token has to name one', async () => {
    const second = await keyPair('RS256', 'rsa-2');
    const other = bench([rsa.jwk, second.jwk]);
    const { jwk, privateKey } = rsa;
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    expect(await other.userOf(token)).toMatch(/does not have/);
    expect(await bench([jwk]).userOf(token)).toBe('ada');
  });

  test.each(['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'JWE', 'application/foo', ['JWT']])(
    '3.11: a token for another purpose is refused (typ %j)',
    async (typ) => {
      expect(await userOf(await sign(rsa, { header: { typ: typ as string } }))).toMatch(
        /not for access|cannot be read/,
      );
    },
  );

  test.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt'])(
    '3.11: a token for access is accepted (typ %s)',
    async (typ) => {
      expect(await userOf(await sign(rsa, { header: { typ } }))).toBe('ada');
    },
  );
});

test('no damaged token is accepted, and none breaks the checker', async () => {
  const { userOf } = bench([rsa.jwk, ec.jwk, ed.jwk]);
  const good = await sign(ec);
  let state = 20_26;
  const random = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  for (let round = 0; round < 500; round += 1) {
    const at = random(good.length);
    const piece = ['', '.', '=', 'A', '_', '-', '%', '\0', 'é', ' ', 'eyJ'][random(11)] ?? '';
    const damaged = good.slice(0, at) + piece + good.slice(at + random(3));
    // The last digit of a signature holds bits that stand for nothing.
    if (damaged.slice(0, -1) === good.slice(0, -1)) continue;
    expect(await userOf(damaged), damaged).toMatch(/^rejected: /);
  }
});

describe('RFC 7519 and 7515', () => {
  const { userOf } = bench([rsa.jwk]);
  const seconds = startMs / 1000;

  test('a token that has expired is refused, with the clock skew that is allowed', async () => {
    expect(await userOf(await sign(rsa, { claims: { exp: seconds - 29 } }))).toBe('ada');
    expect(await userOf(await sign(rsa, { claims: { exp: seconds - 30 } }))).toBe('rejected: The token has expired.');
  });

  test('a token that is not valid yet is refused', async () => {
    expect(await userOf(await sign(rsa, { claims: { nbf: seconds + 29 } }))).toBe('ada');
    expect(await userOf(await sign(rsa, { claims: { nbf: seconds + 31 } }))).toBe(
      'rejected: The token is not valid yet.',
    );
  });

  test('a token that never expires is refused', async () => {
    expect(await userOf(await sign(rsa, { without: 'exp' }))).toBe('rejected: The token does not say when it expires.');
  });

  test.each(['exp', 'nbf'])('a time that is no number is refused (%s)', async (claim) => {
    expect(await userOf(await sign(rsa, { claims: { [claim]: '9999999999' } }))).toMatch(/^rejected/);
  });

  test('a critical extension that nobody here knows is refused', async () => {
    const token = forge({ alg: 'RS256', kid: 'rsa-1', crit: ['exp'], exp: 1 }, claims, 'AAAA');
    expect(await userOf(token)).toBe('rejected: The token asks for something the gateway does not know.');
    for (const crit of [[], 'exp', ['b64'], [1]])
      expect(await userOf(forge({ alg: 'RS256', kid: 'rsa-1', crit }, claims, 'AAAA'))).toMatch(/^rejected/);
  });

  test('a token whose payload is not encoded is refused', async () => {
    const header = { alg: 'RS256', kid: 'rsa-1', b64: false, crit: ['b64'] };
    expect(await userOf(forge(header, claims, 'AAAA'))).toMatch(/^rejected/);
  });

  test('an encrypted token is refused', async () => {
    const token = await new CompactEncrypt(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(Buffer.alloc(32));
    expect(await userOf(token)).toBe('rejected: The token has not the form of a signed one.');
  });

  test.each([
    '',
    '.',
    '..',
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    ' a.b.c',
    'a.b.c\n',
    'e30.e30.',
    'é.é.é',
    'bnVsbA.bnVsbA.AA',
  ])('what is no token is refused: %j', async (token) => {
    expect(await userOf(token)).toMatch(/^rejected/);
  });

  test('a huge token is refused unread', async () => {
    expect(await userOf(`a.${'b'.repeat(8192)}.c`)).toBe('rejected: The token is too long.');
  });

  test('a token that is bound to a key of its holder is refused, for nobody asks for the key', async () => {
    expect(await userOf(await sign(rsa, { claims: { cnf: { jkt: 'abc' } } }))).toMatch(/bound to a key/);
  });

  test('a token that names nobody is refused', async () => {
    for (const sub of ['', 7, null, 'x'.repeat(257)])
      expect(await userOf(await sign(rsa, { claims: { sub: sub as string } }))).toBe(
        'rejected: The token names nobody.',
      );
  });
});
