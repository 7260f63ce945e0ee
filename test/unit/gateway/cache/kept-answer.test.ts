import { describe, expect, test } from 'vitest';

import {
  clientHas,
  fieldsOf304,
  speaksOf,
  updatedBy304,
  validationFields,
} from '../../../../src/gateway/cache/conditions.ts';
import { decodeAnswer, encodeAnswer, keptAnswer } from '../../../../src/gateway/cache/kept-answer.ts';
import {
  decodeResource,
  encodeResource,
  joinVary,
  ownerOf,
  variantKey,
} from '../../../../src/gateway/cache/variants.ts';
import { at, noon } from './support.ts';

function answer(fields: readonly string[] = [], status = 200) {
  return keptAnswer({ status, fields, body: Buffer.from('héllo'), requestedAt: noon - 10, receivedAt: noon });
}

describe('an answer in Redis', () => {
  const bytes = encodeAnswer(answer(['content-type', 'text/plain', 'x-a', '1', 'x-a', '2']));

  test('is read back as it was', () => {
    expect(decodeAnswer(bytes)).toEqual(answer(['content-type', 'text/plain', 'x-a', '1', 'x-a', '2']));
  });

  test('is nothing when any byte of it is another', () => {
    for (let index = 0; index < bytes.length; index += 1) {
      const damaged = Buffer.from(bytes);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      expect(decodeAnswer(damaged), `byte ${index}`).toBeUndefined();
    }
  });

  test('is nothing when it is cut off, or of another form', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(decodeAnswer(bytes.subarray(0, length))).toBeUndefined();
    expect(decodeAnswer(Buffer.from('{"status":200}'))).toBeUndefined();
  });

  test.each([
    ['a field that would end the head', { fields: ['x-a', '1\r\nx-b: 2'] }],
    ['a name that is none', { fields: ['x a', '1'] }],
    ['a name without a value', { fields: ['x-a'] }],
    ['too many fields', { fields: Array.from({ length: 514 }, () => 'a') }],
    ['a status that is none', { status: 99 }],
    ['a status that is a text', { status: '200' }],
    ['a time that is none', { receivedAt: -1 }],
  ])('is nothing with %s, whoever wrote it', (_name, wrong) => {
    expect(decodeAnswer(encodeAnswer({ ...answer(), ...(wrong as object) }))).toBeUndefined();
  });
});

describe('what a client has already', () => {
  const dated = ['etag', '"a"', 'last-modified', at(-60), 'date', at(0)];
  test.each<[string, { match?: string; since?: string; status?: number; fields?: readonly string[] }, boolean]>([
    ['nothing', {}, false],
    ['the same tag', { match: '"a"' }, true],
    ['the same tag, weak', { match: 'W/"a"' }, true],
    ['another tag', { match: '"b"' }, false],
    ['one of several', { match: '"b", W/"a"' }, true],
    ['a tag with a comma', { match: '"x", "a,b"', fields: ['etag', '"a,b"'] }, true],
    ['anything', { match: '*' }, true],
    ['another tag, although the date is right', { match: '"b"', since: at(0) }, false],
    ['a tag, but there is none', { match: '"a"', fields: ['date', at(0)] }, false],
    ['the date of the change', { since: at(-60) }, true],
    ['an earlier date', { since: at(-61) }, false],
    ['a date that is none', { since: 'yesterday' }, false],
    [
      'a later date than that of the answer, which tells none of a change',
      { since: at(1), fields: ['date', at(0)] },
      true,
    ],
    ['the tag of a 404', { match: '"a"', status: 404 }, false],
  ])('%s', (_name, { match, since, status, fields = dated }, expected) => {
    expect(clientHas({ ifNoneMatch: match, ifModifiedSince: since }, answer(fields, status))).toBe(expected);
  });

  test('is answered with the fields a 304 carries', () => {
    const fields = ['Content-Type', 'text/plain', 'ETag', '"a"', 'Content-Length', '5', 'Vary', 'accept', 'X-A', '1'];
    expect(fieldsOf304(fields)).toEqual(['ETag', '"a"', 'Vary', 'accept']);
  });
});

describe('asking whether an answer still holds', () => {
  test('is done with all its validators', () => {
    expect(validationFields(answer(['etag', 'W/"a"', 'last-modified', at(-60)]))).toEqual([
      'if-none-match',
      'W/"a"',
      'if-modified-since',
      at(-60),
    ]);
    expect(validationFields(answer())).toEqual([]);
  });

  test('renews what a 304 tells, but nothing of the body', () => {
    const kept = answer([
      'cache-control',
      'max-age=1',
      'age',
      '9',
      'content-type',
      'text/plain',
      'x-a',
      '1',
      'etag',
      '"a"',
    ]);
    const told = [
      'Cache-Control',
      'max-age=60',
      'Content-Type',
      'text/html',
      'Content-Length',
      '0',
      'X-A',
      '2',
      'X-A',
      '3',
    ];
    const renewed = updatedBy304(kept, told, { requestedAt: noon + 1000, receivedAt: noon + 1010 });
    const ofBody = ['content-type', 'text/plain', 'etag', '"a"'];
    const dated = ['date', at(1)];
    expect(renewed.fields).toEqual([...ofBody, ...dated, 'Cache-Control', 'max-age=60', 'X-A', '2', 'X-A', '3']);
    expect(renewed).toMatchObject({ status: 200, body: kept.body, receivedAt: noon + 1010 });
  });

  test('has no answer when the 304 is about another tag', () => {
    expect(speaksOf(['etag', '"b"'], answer(['etag', '"a"']))).toBe(false);
    expect(speaksOf(['etag', 'W/"a"'], answer(['etag', '"a"']))).toBe(true);
    expect(speaksOf([], answer(['etag', '"a"']))).toBe(true);
  });
});

describe('variants', () => {
  const resource = {
    generation: 'g1',
    vary: ['accept', 'accept-language', 'accept-version', 'x-version'],
    changedAt: 0,
  };
  const asker = { target: '/users', base: 'http://shop.example', query: '?a=1', owner: '' };
  const keyOf = (...fields: string[]): string => variantKey(resource, { ...asker, fields });

  test('are one when the fields they differ by say the same', () => {
    expect(keyOf('Accept-Language', 'de,  EN', 'x-other', '1')).toBe(keyOf('accept-language', 'DE,en', 'x-other', '2'));
    expect(keyOf('accept', 'text/html;q=0.5 , */*')).toBe(keyOf('accept', ' text/html; q=0.5,*/*'));
    expect(keyOf('accept-language', 'de', 'accept-language', 'en')).toBe(keyOf('accept-language', 'de, en'));
  });

  test('are two when they do not', () => {
    const keys = [
      keyOf(),
      keyOf('accept-language', 'de'),
      keyOf('accept-language', 'en'),
      keyOf('accept', 'application/json;profile="http://a.example/A, b"'),
      keyOf('accept', 'application/json;profile="http://a.example/a, b"'),
      keyOf('accept', 'application/json;profile="http://a.example/a,b"'),
      keyOf('accept-version', 'A'),
      keyOf('accept-version', 'a'),
      keyOf('x-version', '1'),
      keyOf('x-version', 'A'),
      keyOf('x-version', 'a'),
      variantKey({ ...resource, generation: 'g2' }, { ...asker, fields: [] }),
      variantKey(resource, { ...asker, query: '', fields: [] }),
      variantKey(resource, { ...asker, base: '', fields: [] }),
      variantKey(resource, { ...asker, target: 'orders>users', fields: [] }),
      variantKey(resource, { ...asker, owner: 'somebody', fields: [] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('are not kept by too many fields', () => {
    expect(joinVary(['b'], ['a', 'b'])).toEqual(['a', 'b']);
    expect(
      joinVary(
        [],
        Array.from({ length: 13 }, (_, index) => `x-${index}`),
      ),
    ).toBeUndefined();
  });

  test('have owners only when there are credentials, which cannot be read back', () => {
    expect(ownerOf(['accept', '*/*'], '')).toBe('');
    const owner = ownerOf(['Authorization', 'Bearer secret'], '');
    expect(owner).toMatch(/^[\w-]{43}$/);
    expect(owner).not.toBe(ownerOf(['Cookie', 'Bearer secret'], ''));
    expect(ownerOf([], 'alice')).not.toBe('');
  });
});

describe('what is known of a path in Redis', () => {
  test('is read back as it was', () => {
    const resource = { generation: 'abc', vary: ['accept'], changedAt: noon };
    expect(decodeResource(encodeResource(resource))).toEqual(resource);
  });

  test.each([
    '',
    'null',
    '[]',
    '{"form":2,"generation":"a","vary":[],"changedAt":0}',
    '{"form":1,"generation":1,"vary":[],"changedAt":0}',
    '{"form":1,"generation":"a","vary":[1],"changedAt":0}',
    '{"form":1,"generation":"a","vary":{},"changedAt":0}',
    '{"form":1,"generation":"a","vary":[],"changedAt":"0"}',
    `{"form":1,"generation":"${'a'.repeat(65)}","vary":[],"changedAt":0}`,
    '{"form":1,"generation":"a","vary":["1","2","3","4","5","6","7","8","9","a","b","c","d"],"changedAt":0}',
  ])('is nothing when it is %j', (text) => {
    expect(decodeResource(Buffer.from(text))).toBeUndefined();
  });
});
