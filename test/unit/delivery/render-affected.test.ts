import { describe, expect, test } from 'vitest';

import type { Affected } from '../../../src/delivery/affected/affected.ts';
import { renderGithub, renderNames } from '../../../src/delivery/affected/render-affected.ts';

function affectedIn(path: string): Affected {
  return {
    range: { from: undefined, to: undefined },
    services: [{ name: 'orders', path, stack: 'node', reasons: [] }],
    system: ['users', 'orders'],
  };
}

describe('lines for $GITHUB_OUTPUT', () => {
  test('are there for each stack of the workspace, in one order', () => {
    expect(renderGithub(affectedIn('a'), new Set(['docker', 'go', 'node']))).toBe(
      [
        'check-node=[{"service":"orders","path":"a"}]',
        'check-go=[]',
        'check-docker=[]',
        'services=[{"service":"orders","path":"a","stack":"node"}]',
        'system=users orders',
        '',
      ].join('\n'),
    );
  });

  test.each([
    'a\nb=c',
    'a\r\nb',
    'a\rb',
    'a\u0085b',
    'a\u2028b\u2029c',
    'a"b',
    'a\\b',
    'é\u{1F600}',
    'a<<EOF',
    '::b::',
    '\u202Ea',
  ])('hold a folder called %j as one value', (path) => {
    const text = renderGithub(affectedIn(path), new Set(['node']));
    expect(text).toMatch(/^[\n -~]*$/);
    const [matrix = '', services = '', ...others] = text.split('\n');
    expect(others).toEqual(['system=users orders', '']);
    expect(JSON.parse(matrix.replace(/^check-node=/, ''))).toEqual([{ service: 'orders', path }]);
    expect(JSON.parse(services.replace(/^services=/, ''))).toEqual([{ service: 'orders', path, stack: 'node' }]);
  });
});

test('names have the folder last, with what it holds', () => {
  expect(renderNames(affectedIn('a\tb c'))).toBe('orders\tnode\ta\tb c\n');
});
