import { describe, expect, test } from 'vitest';

import { readDockerfile, readImageName } from '../../../src/export/dockerfile.ts';

const nothing = { hasNode: false, hasHealthcheck: false, hasUser: false };

describe('what is known of an image', () => {
  test.each([
    ['node', true],
    ['node:24-slim', true],
    ['node@sha256:0123', true],
    ['docker.io/library/node:24', true],
    ['nodered/node-red:4', false],
    ['ghcr.io/acme/node:24', false],
    ['node-exporter', false],
  ])('by the name %s: node is in it: %s', (name, hasNode) => {
    expect(readImageName(name)).toEqual({ ...nothing, hasNode });
  });

  test.each([
    ['a Node image as it is', 'FROM node:24\n', { hasNode: true }],
    ['its user', 'FROM debian\nUSER 10001:10001\n', { hasUser: true }],
    ['root by number', 'FROM debian\nUSER app\nUSER 0:0\n', {}],
    ['root by name', 'FROM debian\nUSER root\n', {}],
    ['a user whose name begins like root', 'FROM debian\nUSER rootless\n', { hasUser: true }],
    ['its health check', 'FROM debian\nHEALTHCHECK --interval=5s CMD true\n', { hasHealthcheck: true }],
    ['none where it takes back that of its base', 'FROM debian\nHEALTHCHECK CMD true\nHEALTHCHECK NONE\n', {}],
    ['the last stage only', 'FROM node:24 AS build\nUSER node\nFROM nginx\nCOPY --from=build /a /b\n', {}],
    [
      'a stage that goes on with another',
      'FROM node:24 AS Base\nUSER node\nFROM base\n',
      { hasNode: true, hasUser: true },
    ],
    ['options of FROM', 'FROM --platform=linux/amd64 node:24\n', { hasNode: true }],
    ['lower case and comments', '# FROM node\nfrom node:24\n# USER app\n', { hasNode: true }],
    [
      'instructions over several lines',
      'FROM node:24\nHEALTHCHECK --interval=5s \\\n  # why\n  CMD true\n',
      { hasNode: true, hasHealthcheck: true },
    ],
    ['an argument before FROM', 'ARG V=24\nFROM node:${V}-slim\n', { hasNode: true }],
    ['nothing of an empty file', '', {}],
    ['no file that is written on the way', 'FROM node:24\nRUN <<EOF\nFROM debian\nUSER app\nEOF\n', { hasNode: true }],
    ['another escape', '# escape=`\nFROM `\n  node:24\n', { hasNode: true }],
    ['Windows line ends', 'FROM node:24\r\nUSER node\r\n', { hasNode: true, hasUser: true }],
  ])('by its Dockerfile: %s', (_what, text, facts) => {
    expect(readDockerfile(text)).toMatchObject({ ...nothing, ...facts });
  });
});
