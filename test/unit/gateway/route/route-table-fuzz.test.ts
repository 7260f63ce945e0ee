import { expect, test } from 'vitest';

import { RouteTable } from '../../../../src/gateway/route/route-table.ts';
import type { RoutedRequest } from '../../../../src/gateway/route/rule-test.ts';
import { matchesOf } from '../../../../src/protocol/route-match.ts';
import type { RouteMatch, RouteMatches } from '../../../../src/protocol/route-match.ts';

/** Numbers that look random and are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

// Few of each, so that they meet often.
const elements = ['a', 'ab', 'abc', 'b', 'a-b', 'A', ''];
const hosts = ['x.test', '*.test', '*.x.test', 'y.x.test', 'test', '*.y.x.test'];
const askedHosts = ['x.test', 'X.TEST:80', 'y.x.test', 'z.y.x.test', 'test', 'other', 'xx.test.', undefined];
const methods = ['GET', 'POST', 'PUT'];
const values = ['1', '2'];
const names = ['p', 'q', 'r'];

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const chance = (random: Random, share: number): boolean => random() < share;

function randomPath(random: Random): string {
  const count = Math.floor(random() * 4);
  const path = Array.from({ length: count }, () => `/${pick(random, elements)}`).join('');
  return path === '' || path.startsWith('//') ? '/' : path;
}

function randomConditions(random: Random): Record<string, string> | undefined {
  const chosen = names.filter(() => chance(random, 0.3));
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen.map((name) => [name, pick(random, values)]));
}

function randomMatch(random: Random): RouteMatch {
  const headers = randomConditions(random);
  const query = randomConditions(random);
  return {
    path: randomPath(random),
    ...(chance(random, 0.3) && { exact: true }),
    ...(chance(random, 0.3) && { methods: methods.filter(() => chance(random, 0.6)) }),
    ...(headers && { headers }),
    ...(query && { query }),
  };
}

function randomRoute(random: Random): RouteMatches {
  const matches = Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomMatch(random));
  const named = hosts.filter(() => chance(random, 0.3));
  return { path: matches[0]?.path ?? '/', matches, ...(chance(random, 0.5) && named.length > 0 && { hosts: named }) };
}

function randomRequest(random: Random): RoutedRequest {
  const pairs = (): string[][] =>
    Array.from({ length: Math.floor(random() * 4) }, () => [pick(random, names), pick(random, values)]);
  const parameters = pairs();
  return {
    method: pick(random, methods),
    path: randomPath(random) + (chance(random, 0.2) ? '/' : ''),
    query: parameters.length === 0 ? '' : `?${parameters.map((pair) => pair.join('=')).join('&')}`,
    authority: pick(random, askedHosts),
    head: { fields: pairs().flat() },
  };
}

interface Candidate {
  readonly route: number;
  readonly match: RouteMatch;
  readonly host: string | undefined;
}

/** The rules as they are written, each asked of every match; slow and plain. */
function naiveFind(routes: readonly RouteMatches[], request: RoutedRequest): number | undefined {
  const host = (request.authority ?? '').replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  const candidates = routes.flatMap((route, index) =>
    (route.hosts ?? [undefined]).flatMap((written) =>
      hostFits(written, host)
        ? matchesOf(route)
            .filter((match) => fits(match, request))
            .map((match): Candidate => ({ route: index, match, host: written }))
        : [],
    ),
  );
  return candidates.toSorted((left, right) => compare(left, right))[0]?.route;
}

function hostFits(written: string | undefined, host: string): boolean {
  if (written === undefined || written === host) return true;
  return written.startsWith('*.') && host.endsWith(written.slice(1)) && host.length > written.length - 1;
}

function elementsOf(path: string): readonly string[] {
  return path.replace(/\/+$/, '').split('/');
}

function fits(match: RouteMatch, { method, path, query, head }: RoutedRequest): boolean {
  const wanted = elementsOf(match.path);
  const isBelow = wanted.every((element, index) => element === path.split('/')[index]);
  if (match.exact ? path !== match.path : !isBelow) return false;
  if (match.methods && !match.methods.includes(method)) return false;
  const parameters = new URLSearchParams(query);
  const fields = new Headers();
  for (let index = 0; index < head.fields.length; index += 2)
    fields.append(head.fields[index] ?? '', head.fields[index + 1] ?? '');
  return (
    Object.entries(match.headers ?? {}).every(([name, value]) => fields.get(name) === value) &&
    Object.entries(match.query ?? {}).every(([name, value]) => parameters.get(name) === value)
  );
}

function compare(left: Candidate, right: Candidate): number {
  const ranks = ({ host, match, route }: Candidate): number[] => [
    host === undefined || host.startsWith('*') ? 0 : host.length,
    host?.length ?? 0,
    match.exact ? 1 : 0,
    match.exact ? 0 : match.path.replace(/\/+$/, '').length,
    match.methods ? 1 : 0,
    Object.keys(match.headers ?? {}).length,
    Object.keys(match.query ?? {}).length,
    -route,
  ];
  const one = ranks(left);
  const differing = ranks(right).map((rank, index) => rank - (one[index] ?? 0));
  return differing.find((difference) => difference !== 0) ?? 0;
}

test('the table finds what the rules, asked one by one, find: 120 tables, 80 requests each', () => {
  const random = createRandom(20_261_125);
  let found = 0;
  for (let round = 0; round < 120; round += 1) {
    const routes = Array.from({ length: Math.floor(random() * 20) }, () => randomRoute(random));
    const table = new RouteTable(routes.map((matches, route) => ({ route, matches })));
    for (let count = 0; count < 80; count += 1) {
      const request = randomRequest(random);
      const expected = naiveFind(routes, request);
      const actual = table.find(request);
      if (actual !== expected) expect({ routes, request, found: actual }).toEqual({ routes, request, found: expected });
      if (actual !== undefined) found += 1;
    }
  }
  // Neither always nor never, or the test would show little.
  expect(found).toBeGreaterThan(2000);
  expect(found).toBeLessThan(9000);
});
