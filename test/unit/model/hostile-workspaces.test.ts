import { describe, expect, it } from 'vitest';

import { parseWorkspace, type ParsedWorkspace } from '../../../src/model/parse-workspace.ts';

const parse = (text: string): ParsedWorkspace => parseWorkspace(text, { file: 'msa.yaml' });

function messages(text: string): readonly string[] {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message);
}

function many(line: (index: number) => string): string {
  return `name: shop\nservices:\n${Array.from({ length: 6000 }, (_, index) => line(index)).join('\n')}\n`;
}

describe('a file made to exhaust', () => {
  it('by aliases inside aliases is refused', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}, *l${level}]`,
    );
    const text = `name: shop\nl0: &l0 [a, a, a]\n${levels.join('\n')}\n`;
    expect(messages(text)).toContain('The aliases of this file expand to more than 100000 values.');
  });

  it('by merge keys of merge keys is refused', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}: 1`).join(', ');
    const merges = Array.from({ length: 3000 }, (_, index) => `  s${index}: { <<: *all }`).join('\n');
    const text = `name: shop\nx: &all { ${keys} }\nservices:\n${merges}\n`;
    expect(messages(text)).toContain('The aliases of this file expand to more than 100000 values.');
  });

  it('by an alias that contains itself is refused', () => {
    expect(messages('name: shop\nservices: &s { a: *s }\n')).toContain(
      '`*s` stands inside `&s`, so it would contain itself.',
    );
    expect(messages('name: shop\nservices: &s { <<: *s }\n')).toContain(
      '`*s` stands inside `&s`, so it would contain itself.',
    );
    expect(messages('name: shop\nservices: &s { *s : 1 }\n').length).toBeGreaterThan(0);
  });

  it.each([
    ['lists in lists', `name: ${'['.repeat(200_000)}`],
    ['mappings in mappings', `name: ${'{a: '.repeat(100_000)}`],
    ['dashes', `name:\n ${'- '.repeat(200_000)}`],
    ['indentation', Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    ['explicit keys', '? '.repeat(200_000)],
  ])('by the depth of %s is refused', (_what, text) => {
    expect(messages(text)).toEqual(['Nested more than 64 levels deep.']);
  });

  it('by sheer size is refused, whatever is in it', () => {
    expect(messages(`name: shop\n#${'x'.repeat(1024 * 1024)}`)[0]).toMatch(
      /^The file has \d+ characters; msa reads up to/,
    );
  });

  it('by many keys, duplicates, services or mistakes is read in one go', () => {
    expect(parse(many((index) => `  s${index}: { path: p${index} }`)).ok).toBe(true);
    expect(messages(many(() => '  same: { path: p }'))).toHaveLength(5999);
    expect(messages(many((index) => `  s${index}: { path: p${index}, x: 1 }`))).toHaveLength(6000);
    expect(messages(many((index) => `  s${index}: { path: same }`))).toHaveLength(5999);
  });
});

describe('a good file with random damage', () => {
  const good = `# comment
name: shop
engine: auto
gateway: { port: 8080, bind: 127.0.0.1 }
services:
  users: &users
    path: services/users
    replicas: 2
    env: { A: 1, B: "x" }
    routes: [{ path: /users, timeout: 2s }]
  orders:
    <<: *users
    path: services/orders
    description: |
      Several
      lines.
    calls: [users]
    routes:
      - path: /orders
        retry: { attempts: 2 }
`;
  const pieces = [
    '',
    ' ',
    '\n',
    '\t',
    ':',
    ': ',
    '- ',
    '#',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
    '&a ',
    '*a',
    '<<: ',
    '|\n',
    '? ',
    '!x ',
    '---\n',
    '...\n',
    '%',
    '\u0000',
    '\uFEFF',
    'null',
    '1',
    '\r',
    '😀',
    '\\',
    '@',
    '`',
  ];

  it('gives a workspace or problems with places inside the file, and never throws', () => {
    const random = seeded(20_26);
    for (let round = 0; round < 2000; round++) {
      let text = good;
      for (let damage = 0; damage <= round % 4; damage++) text = mutate(text, random);
      const parsed = parse(text);
      if (parsed.ok) expect(parsed.workspace.name).not.toBe('');
      else for (const { line, column, message } of parsed.problems) checkProblem(text, { line, column, message });
    }
  });

  function mutate(text: string, random: (below: number) => number): string {
    const start = random(text.length);
    const end = random(3) === 0 ? start + random(30) : start + random(2);
    return text.slice(0, start) + (pieces[random(pieces.length)] ?? '') + text.slice(end);
  }
});

function checkProblem(
  text: string,
  { line, column, message }: { line: number; column: number; message: string },
): void {
  expect(message, text).toMatch(/\S.*[.]$/s);
  expect(line, text).toBeLessThanOrEqual(text.split('\n').length);
  expect(column, text).toBeGreaterThan(0);
  expect(message, text).not.toMatch(/undefined|\[object|Invalid input|expected (?:string|number)/i);
}

/** A small linear congruential generator: the same damage in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
