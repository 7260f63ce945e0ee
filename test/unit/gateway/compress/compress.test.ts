import { once } from 'node:events';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { compressStream, compressWhole } from '../../../../src/gateway/compress/compressors.ts';
import { compressedFields, isCompressible } from '../../../../src/gateway/compress/decide-compression.ts';
import { codingChooser } from '../../../../src/gateway/compress/negotiate-coding.ts';
import type { CompressPolicy } from '../../../../src/protocol/policies/compress.ts';

const policy: CompressPolicy = {
  codings: ['br', 'gzip'],
  minBytes: 1024,
  types: ['application/x-protobuf', 'model/*'],
};

describe('the coding of an answer', () => {
  const choose = codingChooser(['br', 'gzip']);
  test.each([
    ['', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['GZIP', 'gzip'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['gzip;q=0.5, br;q=0.5', 'br'],
    ['br;q=0', undefined],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['br;q=0, *', 'gzip'],
    ['identity', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['identity;q=0, gzip;q=0.1', 'gzip'],
    ['deflate', undefined],
    ['zstd, gzip;q=0.8', 'gzip'],
    ['gzip;q=nothing', undefined],
    [';;;,,,=', undefined],
    [`gzip, ${'x'.repeat(2000)}`, undefined],
    // An own property of every object.
    ['constructor', undefined],
  ])('for %j is %s', (accepted, expected) => {
    expect(choose(accepted)).toBe(expected);
    expect(choose(accepted)).toBe(expected);
  });

  test('is only one that the route has', () => {
    expect(codingChooser(['gzip'])('br, gzip;q=0.1')).toBe('gzip');
    expect(codingChooser(['gzip'])('br')).toBeUndefined();
  });
});

describe('an answer that may be compressed', () => {
  const json = ['content-type', 'application/json'];
  test.each<[string, readonly string[], boolean]>([
    ['JSON of unknown length', json, true],
    ['JSON with a charset', ['Content-Type', 'Application/JSON; charset=utf-8'], true],
    ['JSON of its own kind', ['content-type', 'application/hal+json'], true],
    ['a problem', ['content-type', 'application/problem+json'], true],
    ['text', ['content-type', 'text/plain'], true],
    ['SVG', ['content-type', 'image/svg+xml'], true],
    ['a type of the route', ['content-type', 'application/x-protobuf'], true],
    ['a family of types of the route', ['content-type', 'model/obj'], true],
    ['long enough', [...json, 'content-length', '1024'], true],
    ['too short', [...json, 'content-length', '1023'], false],
    ['a picture', ['content-type', 'image/png'], false],
    ['of no type', [], false],
    ['of a type that is none', ['content-type', ';'], false],
    ['an event stream', ['content-type', 'text/event-stream; charset=utf-8'], false],
    ['compressed already', [...json, 'Content-Encoding', 'gzip'], false],
    ['compressed by something nobody knows', [...json, 'content-encoding', 'x-own'], false],
    ['said not to be compressed', [...json, 'content-encoding', 'identity'], true],
    ['not to be changed', [...json, 'Cache-Control', 'public, No-Transform'], false],
    ['a part', [...json, 'content-range', 'bytes 0-5/6'], false],
    ['with a digest of its bytes', [...json, 'Repr-Digest', 'sha-256=:AAAA:'], false],
    ['with a signature', [...json, 'signature', 'a=:AAAA:'], false],
  ])('%s: %j', (_name, fields, expected) => {
    expect(isCompressible({ status: 200, fields }, policy)).toBe(expected);
  });

  test.each([101, 204, 205, 206, 304])('is none with status %i', (status) => {
    expect(isCompressible({ status, fields: json }, policy)).toBe(false);
  });

  test.each([201, 404, 500])('may be one with status %i', (status) => {
    expect(isCompressible({ status, fields: json }, policy)).toBe(true);
  });

  test('says what its body is then', () => {
    const fields = ['Content-Length', '9000', 'ETag', '"a"', 'Vary', 'Accept', 'Accept-Ranges', 'bytes', 'X-A', '1'];
    expect(compressedFields(fields, 'br')).toEqual([
      'X-A',
      '1',
      'vary',
      'Accept, Accept-Encoding',
      'content-encoding',
      'br',
      'etag',
      'W/"a"',
    ]);
    expect(compressedFields(['etag', 'W/"a"'], 'gzip')).toContain('W/"a"');
    expect(fields).toContain('9000');
  });
});

describe.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('%s', (coding, decompress) => {
  const body = Buffer.from('all work and no play '.repeat(500));

  test('makes a whole body smaller', async () => {
    const small = await compressWhole(body, coding);
    expect(small.length).toBeLessThan(body.length / 10);
    expect(decompress(small)).toEqual(body);
    expect(decompress(await compressWhole(Buffer.alloc(0), coding))).toEqual(Buffer.alloc(0));
  });

  test('gives each piece of a live body at once', async () => {
    const stream = compressStream(coding, undefined);
    for (const piece of ['one', 'two', 'three']) {
      stream.write(piece);
      const [chunk] = (await once(stream, 'data')) as [Buffer];
      expect(chunk.length).toBeGreaterThan(0);
    }
    stream.destroy();
  });
});
