import { describe, expect, test } from 'vitest';

import { withFields } from '../../../../src/gateway/auth/identity.ts';
import { bench, keyPair, sign } from './tokens.ts';

const pair = await keyPair('ES256', 'key-1');

describe('what a token says of its sender', () => {
  test('is a user, the program that acts for it, scopes and roles', async () => {
    const claims = { client_id: 'web', scope: 'orders:read orders:write', roles: ['admin', 'clerk'] };
    expect(await bench([pair.jwk]).identityOf(await sign(pair, { claims }))).toMatchObject({
      kind: 'user',
      subject: 'ada',
      consumer: 'web',
      issuer: 'https://auth.shop.test',
      scopes: ['orders:read', 'orders:write'],
      roles: ['admin', 'clerk'],
    });
  });

  test('stands where the issuer puts it', async () => {
    const { identityOf } = bench([pair.jwk], { rolesClaim: ['realm_access', 'roles'], scopesClaim: ['scp'] });
    const claims = { azp: 'spa', scp: ['read'], realm_access: { roles: ['admin'] }, roles: ['root'] };
    const { consumer, roles, scopes } = await identityOf(await sign(pair, { claims }));
    expect({ consumer, roles, scopes }).toEqual({ consumer: 'spa', roles: ['admin'], scopes: ['read'] });
  });

  test('is a user alone where no program is named', async () => {
    const token = await sign(pair);
    expect(await bench([pair.jwk]).identityOf(token)).toMatchObject({ subject: 'ada', consumer: undefined });
  });

  test('is a program alone where there is no user', async () => {
    const token = await sign(pair, { claims: { client_id: 'cron' }, without: 'sub' });
    expect(await bench([pair.jwk]).identityOf(token)).toMatchObject({ subject: 'cron', consumer: 'cron' });
  });

  test.each([{ roles: { admin: true } }, { roles: 7 }, { roles: [7, null, {}, ''] }, { roles: null }])(
    'is no list of roles when it is %j',
    async (claims) => {
      const { identityOf } = bench([pair.jwk], { rolesClaim: ['roles'] });
      expect((await identityOf(await sign(pair, { claims }))).roles).toEqual([]);
    },
  );

  test('never comes from a prototype', async () => {
    for (const rolesClaim of [['__proto__'], ['constructor', 'name'], ['toString']])
      expect((await bench([pair.jwk], { rolesClaim }).identityOf(await sign(pair))).roles).toEqual([]);
  });
});

describe('the fields a service is told it by', () => {
  const identity = {
    kind: 'user',
    subject: 'ada',
    consumer: 'web',
    issuer: undefined,
    roles: [],
    scopes: [],
  } as const;
  const fieldsOf = (more: object): readonly string[] => withFields({ ...identity, ...more }).fields;

  test('are left out where there is nothing to tell', () => {
    expect(fieldsOf({})).toEqual(['x-msa-user', 'ada', 'x-msa-consumer', 'web']);
  });

  test('name the user where no program is named', () => {
    expect(fieldsOf({ consumer: undefined })).toEqual(['x-msa-user', 'ada', 'x-msa-consumer', 'ada']);
  });

  test('keep what is common in names as it is', () => {
    const issuer = 'https://login.example.com/realms/shop';
    expect(fieldsOf({ subject: 'ada@example.com', issuer, scopes: ['orders:read', 'b'], roles: ['a', 'b'] })).toEqual(
      ['x-msa-user', 'ada@example.com', 'x-msa-consumer', 'web', 'x-msa-issuer', issuer].concat([
        'x-msa-roles',
        'a,b',
        'x-msa-scopes',
        'orders:read b',
      ]),
    );
  });

  test.each([
    ['a\r\nx-msa-roles: admin', 'a%0D%0Ax-msa-roles:%20admin'],
    ['a,b', 'a%2Cb'],
    ['a%2Cb', 'a%252Cb'],
    ['Zoë', 'Zo%C3%AB'],
    ['\0', '%00'],
    ["o'neill (ada)*", 'o%27neill%20%28ada%29%2A'],
    ['\uD800', '%EF%BF%BD'],
    ['"quoted"', '%22quoted%22'],
  ])('cannot be broken out of: %j', (text, encoded) => {
    expect(fieldsOf({ subject: text })[1]).toBe(encoded);
    expect(fieldsOf({ roles: [text, 'x'] })[5]).toBe(`${encoded},x`);
    expect(decodeURIComponent(encoded)).toBe(text.replace('\uD800', '\uFFFD'));
  });
});
