import { describe, expect, test } from 'vitest';

import { renderBakeFile } from '../../../../src/engines/docker/images/bake-file.ts';
import { createLineSorter, explainFailure } from '../../../../src/engines/docker/images/build-output.ts';

describe('lines of a build', () => {
  test('belong to the unit whose step they are of', () => {
    const sort = createLineSorter(['orders', 'users-2']);
    const lines = [
      '#1 [internal] load local bake definitions',
      '#7 [orders build 2/4] RUN npm ci',
      '#8 [users-2 1/2] FROM node:24-slim',
      '#7 1.2 added 3 packages',
      '#8 CACHED',
      '#7 DONE 1.3s',
      '#70 something else',
      '',
    ];
    expect(lines.map(sort)).toEqual([
      undefined,
      'orders',
      'users-2',
      'orders',
      'users-2',
      'orders',
      undefined,
      undefined,
    ]);
  });

  test('all belong to it when there is one', () => {
    expect(createLineSorter(['orders'])('#7 [build 2/4] RUN npm ci')).toBe('orders');
  });
});

describe('a build that failed', () => {
  test('says which step, in which line, and why', () => {
    const lines = [
      '#14 [b 4/4] RUN npm ci',
      '#14 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
      '------',
      ' > [b 4/4] RUN npm ci:',
      '0.512 npm error no lock file',
      '------',
      'Dockerfile:4',
      '--------------------',
      '   4 | >>> RUN npm ci',
      '--------------------',
      'ERROR: target b: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
    ];
    expect(explainFailure(lines)).toEqual({
      reason: 'process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
      dockerfileLine: 4,
      details: [' > [b 4/4] RUN npm ci:', '0.512 npm error no lock file'],
    });
  });

  test('without a step gives the end of its output', () => {
    const lines = Array.from({ length: 50 }, (_, at) => `line ${at}`);
    const { reason, dockerfileLine, details } = explainFailure([...lines, 'ERROR: no builder "x" found', '']);
    expect([reason, dockerfileLine]).toEqual(['no builder "x" found', undefined]);
    expect(details.length).toBe(20);
  });

  test('without a step leaves out what other steps wrote', () => {
    const lines = [
      '#1 [internal] load build definition from Dockerfile',
      '',
      'Dockerfile:6',
      '   6 | >>> FROBNICATE x',
      'ERROR: failed to solve: dockerfile parse error on line 6: unknown instruction: FROBNICATE',
    ];
    expect(explainFailure(lines)).toEqual({
      reason: 'dockerfile parse error on line 6: unknown instruction: FROBNICATE',
      dockerfileLine: 6,
      details: ['Dockerfile:6', '   6 | >>> FROBNICATE x'],
    });
  });

  test('that says nothing', () => {
    expect(explainFailure([]).reason).toBe('no reason given');
  });
});

test('images are described to the builder', () => {
  const labels = { 'msa.service': 'orders' };
  const file = renderBakeFile([
    { name: 'orders', tag: 'msa/shop/orders:1', context: '/shop/orders', dockerfile: undefined, labels },
    { name: 'platform', tag: 'msa/platform:2', context: '/programs', dockerfile: 'FROM scratch\n', labels: {} },
  ]);
  expect(JSON.parse(file)).toEqual({
    target: {
      orders: { context: '/shop/orders', tags: ['msa/shop/orders:1'], labels },
      platform: { context: '/programs', tags: ['msa/platform:2'], labels: {}, 'dockerfile-inline': 'FROM scratch\n' },
    },
  });
});
