import { describe, expect, test } from 'vitest';

import { calleesFirst } from '../../../src/delivery/affected/callees-first.ts';
import { concludeAffected, type ContractState } from '../../../src/delivery/affected/conclude-affected.ts';
import { findTouched, type Touched } from '../../../src/delivery/affected/find-touched.ts';
import { createPlaces } from '../../../src/delivery/affected/place-of.ts';
import { compareWorkspaces, noDifference } from '../../../src/delivery/affected/workspace-difference.ts';
import type { Outline } from '../../../src/model/outline.ts';
import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import type { Workspace } from '../../../src/model/workspace.ts';

function workspace(services: string, more = ''): Workspace {
  const parsed = parseWorkspace(`name: shop\n${more}services:\n${services}`, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.workspace;
}

/** a calls b, b calls c; d stands alone. */
const shop = workspace(
  '  a: { path: a, calls: [b] }\n  b: { path: b, calls: [c] }\n  c: { path: c }\n  d: { image: d:1 }\n',
);

function touchedBy(files: readonly string[], now: Outline = shop): Touched {
  return findTouched({ now, former: now, difference: noDifference, files });
}

function conclude(files: readonly string[], contracts: Readonly<Record<string, ContractState>>): string {
  const { services, system } = concludeAffected(shop, touchedBy(files), new Map(Object.entries(contracts)));
  return `${services.map(({ name }) => name).join(' ')} | ${system.join(' ')}`;
}

describe('who notices a change', () => {
  test.each([
    [['a/x'], {}, 'a | c b a'],
    [['c/x'], { c: 'same' }, 'c | c'],
    [['c/x'], { c: 'changed' }, 'c b | c b'],
    [['c/x'], { c: 'missing' }, 'c b | c b'],
    [['b/x', 'c/x'], { b: 'changed', c: 'same' }, 'c b a | c b a'],
    [['x'], {}, 'c b a | c b a d'],
    [['gateway/x'], {}, ' | c b a d'],
    [['gateway/x', 'c/x'], { c: 'same' }, 'c | c b a d'],
    [['README.md'], {}, ' | '],
    [[], {}, ' | '],
  ] as const)('of %j with contracts %j: %s', (files, contracts, expected) => {
    expect(conclude(files, contracts)).toBe(expected);
  });

  test('is told with its reasons, the most telling first', () => {
    const touched = touchedBy(['c/x', 'c/y', 'c/z', 'b/x', 'Makefile']);
    const { services } = concludeAffected(shop, touched, new Map([['c', 'changed']]));
    expect(services.map(({ name, reasons }) => [name, ...reasons])).toEqual([
      ['c', 'c/x and 2 more', 'Makefile'],
      ['b', 'b/x', 'the contract of c', 'Makefile'],
      ['a', 'b, which has no contract', 'Makefile'],
    ]);
  });
});

describe('the place of a file', () => {
  const now = workspace(
    '  a: { path: services/a }\n  deep: { path: services/a/deep }\n',
    'gateway: { tls: { cert: tls/c.pem, key: tls/k.pem } }\n',
  );
  const before = workspace('  old: { path: services/old }\n');
  const placeOf = createPlaces(now, before);

  test.each([
    ['msa.yaml', 'workspace-file'],
    ['services/a/x', 'a'],
    ['services/a', 'a'],
    ['services/a/deep/x', 'a deep'],
    ['services/ab', 'shared'],
    ['services/old/x', 'nothing'],
    ['.msa/base/a/x', 'a'],
    ['.msa/base/old/x', 'nothing'],
    ['.msa/base/@workspace/x', 'nothing'],
    ['gateway/filters/x.ts', 'gateway'],
    ['tls/k.pem', 'gateway'],
    ['tls/other.pem', 'shared'],
    ['gateway.ts', 'shared'],
    ['docs/x.png', 'nothing'],
    ['a/docs/x.png', 'shared'],
    ['NOTES.md', 'nothing'],
    ['a/b/NOTES.MD', 'nothing'],
    ['LICENSE', 'nothing'],
    ['LICENSE.txt', 'nothing'],
    ['LICENSES/x', 'shared'],
    ['.gitignore', 'nothing'],
    ['x/.gitignore', 'nothing'],
    ['.editorconfig', 'nothing'],
    ['.vscode/settings.json', 'nothing'],
    ['.idea/x', 'nothing'],
    ['.github/workflows/ci.yml', 'shared'],
    ['.github/actions/a/action.yml', 'shared'],
    ['.github/dependabot.yml', 'nothing'],
    ['.github/CODEOWNERS', 'nothing'],
    ['.gitlab/jobs.yml', 'shared'],
    ['.gitlab/CODEOWNERS', 'nothing'],
    ['renovate.json', 'nothing'],
    ['package.json', 'shared'],
    ['../x', 'nothing'],
    ['../package.json', 'nothing'],
    ['../.github/workflows/ci.yml', 'shared'],
    ['../../.gitlab-ci.yml', 'shared'],
    ['../Jenkinsfile', 'shared'],
    ['../Jenkinsfile.old', 'nothing'],
    ['../other/.github/workflows/ci.yml', 'nothing'],
  ])('%s: %s', (path, expected) => {
    const place = placeOf(path);
    expect(place.kind === 'services' ? place.names.join(' ') : place.kind).toBe(expected);
  });
});

describe('two versions of msa.yaml', () => {
  const before = workspace('  a: { path: a, calls: [b] }\n  b: { image: b:1 }\n');

  test.each([
    ['nothing', '  b: { image: "b:1", replicas: 1 }\n  a: { path: ./a/, calls: [{ service: b }] }\n', '', noDifference],
    [
      'a key',
      '  a: { path: a, calls: [b] }\n  b: { image: b:1, replicas: 2 }\n',
      '',
      { ...noDifference, services: ['b'] },
    ],
    [
      'an image',
      '  a: { path: a, calls: [b] }\n  b: { image: b:2 }\n',
      '',
      { ...noDifference, services: ['b'], programs: ['b'] },
    ],
    ['a call', '  a: { path: a }\n  b: { image: b:1 }\n', '', { ...noDifference, services: ['a'] }],
    ['a service less', '  b: { image: b:1 }\n', '', noDifference],
    [
      'the gateway',
      '  a: { path: a, calls: [b] }\n  b: { image: b:1 }\n',
      'gateway: { port: 1 }\n',
      { ...noDifference, gateway: true },
    ],
    ['delivery', '  a: { path: a, calls: [b] }\n  b: { image: b:1 }\n', 'delivery: { registry: r:1 }\n', noDifference],
    [
      'isolation',
      '  a: { path: a, calls: [b] }\n  b: { image: b:1 }\n',
      'isolation: strict\n',
      { ...noDifference, shared: ['isolation'] },
    ],
  ])('differ in %s', (_what, ...[services, more, expected]) => {
    expect(compareWorkspaces(before, workspace(services, more))).toEqual(expected);
  });
});

/** The names in the order in which services with these calls come. */
function order(calls: Readonly<Record<string, readonly string[]>>): string {
  return calleesFirst(Object.entries(calls).map(([name, callees]) => ({ name, calls: callees })))
    .map(({ name }) => name)
    .join(' ');
}

test('services stand behind those they call, in circles too, in a chain of any length', () => {
  expect(order({ a: ['b', 'c'], b: ['c'], c: [] })).toBe('c b a');
  expect(order({ a: ['b'], b: ['c'], c: ['a'] })).toBe('c b a');
  expect(order({ a: [], b: [], c: ['a'] })).toBe('a b c');
  const chain = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`s${index}`, [`s${index + 1}`]]));
  expect(order(chain).startsWith('s2999 s2998')).toBe(true);
});
