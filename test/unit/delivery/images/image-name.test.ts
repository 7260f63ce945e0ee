import { describe, expect, test } from 'vitest';

import { parseImageName, pinnedName } from '../../../../src/delivery/images/image-name.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const hub = 'registry-1.docker.io';

describe('the name of an image', () => {
  test.each([
    ['node', hub, 'library/node', 'latest'],
    ['node:24-slim', hub, 'library/node', '24-slim'],
    ['acme/node:1', hub, 'acme/node', '1'],
    ['docker.io/node:1', hub, 'library/node', '1'],
    ['docker.io/library/node:1', hub, 'library/node', '1'],
    ['index.docker.io/acme/a', hub, 'acme/a', 'latest'],
    ['ghcr.io/astral-sh/uv:0.9-python3.13', 'ghcr.io', 'astral-sh/uv', '0.9-python3.13'],
    ['localhost/a:1', 'localhost', 'a', '1'],
    ['localhost:5000/a/b', 'localhost:5000', 'a/b', 'latest'],
    ['127.0.0.1:5000/a:1', '127.0.0.1:5000', 'a', '1'],
    ['[::1]:5000/a:1', '[::1]:5000', 'a', '1'],
    ['registry:5000/a', 'registry:5000', 'a', 'latest'],
    ['a/b/c:1', hub, 'a/b/c', '1'],
    ['a__b/c-d.e--f:A_b.C-1', hub, 'a__b/c-d.e--f', 'A_b.C-1'],
  ])('%s', (text, ...[registry, repository, tag]) => {
    const name = parseImageName(text);
    expect(name).toMatchObject({ registry, repository, tag, digest: undefined });
    expect(name && pinnedName(name, digest)).toBe(`${text.endsWith(`:${tag}`) ? text : `${text}:${tag}`}@${digest}`);
  });

  test('with a digest, and a tag or none', () => {
    expect(parseImageName(`node:24@${digest}`)).toMatchObject({ tag: '24', digest, written: 'node' });
    expect(parseImageName(`a.b/node@${digest}`)).toMatchObject({ tag: undefined, digest, written: 'a.b/node' });
  });

  test.each([
    '',
    'Node',
    'node:',
    ':24',
    'node:24:1',
    'node@sha256:abc',
    '/node',
    'node/',
    'a//b',
    '-a',
    'a b',
    'http://ghcr.io/a',
    'ghcr.io:port/a',
    'ghcr.io/../a',
    `a:${'1'.repeat(129)}`,
    'a'.repeat(600),
  ])('%j is none', (text) => expect(parseImageName(text)).toBeUndefined());
});
