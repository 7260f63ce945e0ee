import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { compareContracts } from '../../../src/delivery/contract/compare-contracts.ts';
import { openDocument } from '../../../src/delivery/contract/document.ts';
import { judge } from '../../support/judge.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { pairs, type Pair } from './contract-pairs.ts';

const run = promisify(execFile);

/** What we say: the rules that are broken. */
function ourRules({ from, to }: Pair): readonly string[] {
  const changes = compareContracts(openDocument(from, 'from'), openDocument(to, 'to'));
  return [...new Set(changes.filter(({ breaking }) => breaking).map(({ rule }) => rule))];
}

/** What oasdiff takes for an error; what it only warns of is none. */
async function theirRules({ from, to }: Pair, program: string): Promise<readonly string[]> {
  await using dir = await tempDir();
  const files = [join(dir.path, 'from.json'), join(dir.path, 'to.json')] as const;
  await Promise.all([writeFile(files[0], JSON.stringify(from)), writeFile(files[1], JSON.stringify(to))]);
  const options = ['breaking', ...files, '--format', 'json', '--flatten-allof'];
  const { stdout } = await run(program, options);
  const found = JSON.parse(stdout === '' ? '[]' : stdout) as readonly { readonly id: string; readonly level: number }[];
  return found.filter(({ level }) => level === 3).map(({ id }) => id);
}

test('there are enough pairs, each with a name of its own', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(60);
  expect(new Set(pairs.map(({ name }) => name)).size).toBe(pairs.length);
});

describe.each(pairs)('$name', (pair) => {
  test('we say', () => {
    expect(ourRules(pair)).toEqual(pair.rules);
  });

  test('oasdiff says the same, or the table says why not', async () => {
    const theirs = await theirRules(pair, judge('oasdiff'));
    const isAgreed = theirs.length > 0 === pair.rules.length > 0;
    expect({ isAgreed, theirs }).toEqual({ isAgreed: pair.differs === undefined, theirs });
  });
});
