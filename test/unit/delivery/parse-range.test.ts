import { expect, test } from 'vitest';

import { parseRange } from '../../../src/delivery/affected/parse-range.ts';

const zeros = '0'.repeat(40);

test.each([
  [undefined, { kind: 'branch' }],
  ['main', { kind: 'disk', from: 'main' }],
  ['v1.2.0', { kind: 'disk', from: 'v1.2.0' }],
  ['HEAD~3', { kind: 'disk', from: 'HEAD~3' }],
  ['a..b', { kind: 'commits', from: 'a', to: 'b', fromMergeBase: false }],
  ['a...b', { kind: 'commits', from: 'a', to: 'b', fromMergeBase: true }],
  ['v1.2.0..v1.3.0', { kind: 'commits', from: 'v1.2.0', to: 'v1.3.0', fromMergeBase: false }],
  ['a..', { kind: 'commits', from: 'a', to: 'HEAD', fromMergeBase: false }],
  ['..b', { kind: 'commits', from: 'HEAD', to: 'b', fromMergeBase: false }],
  ['...', { kind: 'commits', from: 'HEAD', to: 'HEAD', fromMergeBase: true }],
  ['a\nb..c\nd', { kind: 'commits', from: 'a\nb', to: 'c\nd', fromMergeBase: false }],
  [zeros, { kind: 'everything', to: undefined }],
  [`${zeros}..b`, { kind: 'everything', to: 'b' }],
  [`${zeros}...b`, { kind: 'everything', to: 'b' }],
  [`${'0'.repeat(64)}..b`, { kind: 'everything', to: 'b' }],
  [`a..${zeros}`, { kind: 'commits', from: 'a', to: zeros, fromMergeBase: false }],
  ['0'.repeat(39), { kind: 'disk', from: '0'.repeat(39) }],
  ['', { kind: 'disk', from: '' }],
])('%j is read as git reads it', (text, expected) => {
  expect(parseRange(text)).toEqual(expected);
});
