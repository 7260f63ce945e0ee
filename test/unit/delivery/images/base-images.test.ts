import { describe, expect, test } from 'vitest';

import { findBaseImages, pinImages } from '../../../../src/delivery/images/base-images.ts';

const digest = `sha256:${'a'.repeat(64)}`;

/** What is found, in short: `3 node:24`, `5 $BASE: why it is left`. */
function found(...lines: readonly string[]): readonly string[] {
  return findBaseImages(lines.join('\n')).map((image) =>
    image.kind === 'image' ? `${image.line} ${image.text}` : `${image.line} ${image.text}: ${image.reason}`,
  );
}

describe('the images of a Dockerfile', () => {
  test.each([
    ['plain', ['FROM node:24-slim'], ['1 node:24-slim']],
    ['in any case, with blanks and tabs', ['\t from \t node:24   as  Build  '], ['1 node:24']],
    ['with a platform', ['FROM --platform=$BUILDPLATFORM node:24 AS build'], ['1 node:24']],
    ['with Windows line ends', ['FROM node:24\r', 'RUN true\r', 'FROM redis:8\r'], ['1 node:24', '3 redis:8']],
    ['behind a byte order mark', ['\u{FEFF}FROM node:24'], ['1 node:24']],
    ['without any tag', ['FROM debian'], ['1 debian']],
    ['pinned before', [`FROM node:24@${digest}`], [`1 node:24@${digest}`]],
    ['at a port', ['FROM localhost:5000/a/b:1'], ['1 localhost:5000/a/b:1']],
    ['over several lines', ['FROM \\', '  # why', '', '  node:24 \\  ', '  AS build'], ['1 node:24']],
    ['by another escape', ['# escape=`', 'FROM `', '  node:24 \\', 'RUN true'], ['2 node:24']],
    ['by a directive among others', ['# syntax=docker/dockerfile:1', '#ESCAPE = `', 'FROM `', 'a:1'], ['3 a:1']],
    ['where the escape is no directive any more', ['# why', '# escape=`', 'FROM \\', 'a:1'], ['3 a:1']],
    [
      'that files are copied from',
      ['FROM a:1', 'COPY --link --from=ghcr.io/b/uv:2 /uv /bin/'],
      ['1 a:1', '2 ghcr.io/b/uv:2'],
    ],
    ['that are mounted', ['FROM a:1', 'RUN --mount=type=bind,from=b:2,target=/b true'], ['1 a:1', '2 b:2']],
  ])('%s', (_what, lines, expected) => expect(found(...lines)).toEqual(expected));

  test.each([
    ['stages', ['FROM a:1 AS Build', 'FROM build', 'COPY --from=build /a /', 'COPY --from=0 /a /']],
    ['stages that are mounted', ['FROM a:1 AS build', 'RUN --mount=from=build,target=/b true']],
    ['the empty image', ['FROM a:1', 'FROM scratch']],
    ['comments', ['FROM a:1', '# FROM b:2', '  # FROM c:3']],
    ['commands', ['FROM a:1', 'RUN echo \\', 'FROM b:2', 'ENV TEXT="FROM c:3"', 'RUN cp --from=b:2 x']],
    ['what is triggered later', ['FROM a:1', 'ONBUILD RUN echo FROM b:2']],
    [
      'heredocs',
      ['FROM a:1', 'RUN <<EOF', 'FROM b:2', 'EOF', 'COPY <<-"ONE" <<TWO /', 'FROM b:2', '\t\tONE', 'FROM c:3', 'TWO'],
    ],
    [
      'heredocs of other commands',
      ['FROM a:1', 'RUN cat <<E \\', '  && true', 'FROM b:2', 'E', 'ONBUILD RUN <<E', 'FROM c:3', 'E'],
    ],
    ['an indented end that is none', ['FROM a:1', 'RUN <<EOF', '\tEOF', 'FROM b:2', 'EOF']],
    ['a heredoc without an end', ['FROM a:1', 'RUN <<EOF', 'FROM b:2']],
  ])('are not %s', (_what, lines) => expect(found(...lines)).toEqual(['1 a:1']));

  test.each([
    ['RUN echo "a <<EOF"', 'RUN true'],
    ["RUN echo 'a <<EOF'", 'RUN true'],
    ['RUN echo $((1<<2))', 'RUN true'],
    ['ENV A=<<EOF', 'RUN true'],
    ['RUN echo \\\\', 'RUN true'],
  ])('stand behind %s', (...lines) => expect(found('FROM a:1', ...lines, 'FROM b:2')).toEqual(['1 a:1', '4 b:2']));

  test.each([
    ['FROM ${BASE}', '1 ${BASE}: its name is made of arguments'],
    ['FROM node:$VERSION AS a', '1 node:$VERSION: its name is made of arguments'],
    ['FROM "node:24"', '1 "node:24": its name is written in pieces'],
    ['FROM no\\\nde:24', '1 node:24: its name is written in pieces'],
    ['FROM Node:24', '1 Node:24: it is no name of an image'],
    ['FROM node:', '1 node:: it is no name of an image'],
    [`FROM node@${digest}`, `1 node@${digest}: it has a digest and no tag that could move`],
    ['COPY --from=assets /a /', '1 assets: it may be no image but a folder given to the build'],
  ])('are left as they are: %s', (line, expected) => expect(found(line)).toEqual([expected]));

  test('an empty file has none', () => expect(found('')).toEqual([]));
});

test('a pin changes the name of the image and nothing else', () => {
  const before = [
    '\u{FEFF}# escape=`\r',
    'FROM  --platform=linux/amd64 node:24-slim\tAS build  \r',
    '# FROM node:24-slim',
    'RUN <<EOF `',
    '  && true',
    'FROM node:24-slim',
    'EOF',
    `FROM \`\r\n   debian@${digest}`,
    'FROM debian',
    'COPY --from=node:24-slim --link /a /',
    'FROM build',
    'FROM $BASE',
  ].join('\n');
  const digests = new Map([
    ['node:24-slim', `sha256:${'1'.repeat(64)}`],
    ['debian', `sha256:${'2'.repeat(64)}`],
  ]);
  const after = pinImages(before, digests);
  expect(after).toBe(
    [
      '\u{FEFF}# escape=`\r',
      `FROM  --platform=linux/amd64 node:24-slim@sha256:${'1'.repeat(64)}\tAS build  \r`,
      '# FROM node:24-slim',
      'RUN <<EOF `',
      '  && true',
      'FROM node:24-slim',
      'EOF',
      `FROM \`\r\n   debian@${digest}`,
      `FROM debian:latest@sha256:${'2'.repeat(64)}`,
      `COPY --from=node:24-slim@sha256:${'1'.repeat(64)} --link /a /`,
      'FROM build',
      'FROM $BASE',
    ].join('\n'),
  );
  expect(pinImages(after, digests)).toBe(after);
  expect(pinImages(before, new Map())).toBe(before);
  const later = new Map([[`node:24-slim@sha256:${'1'.repeat(64)}`, `sha256:${'3'.repeat(64)}`]]);
  expect(pinImages(after, later)).toBe(after.replaceAll('1'.repeat(64), '3'.repeat(64)));
});
