import { resolve } from 'node:path';

import type { CommandNode } from '../arguments/command-tree.ts';
import type { World } from '../world.ts';
import { findWanted, type Candidate, type Wanted } from './find-wanted.ts';
import { splitLine } from './split-line.ts';

interface Call {
  readonly root: CommandNode;
  readonly world: Pick<World, 'env' | 'cwd' | 'stdout'>;
}

/**
 * Answers a completion script. The line up to the cursor comes in MSA_COMPLETE_LINE, because a variable needs no
 * quoting in any shell. Prints a candidate per line, with a tab before its description, and at last `:files` or
 * `:directories` when the shell shall offer those; never anything else, and never fails.
 */
export async function printCandidates({ root, world }: Call): Promise<number> {
  try {
    const { env, cwd, stdout } = world;
    const powershell = env['MSA_COMPLETE_SHELL'] === 'powershell';
    const line = splitLine(env['MSA_COMPLETE_LINE'] ?? '', { powershell });
    const wanted = findWanted(root, line);
    const cut = brokenOff(line.current, env['MSA_COMPLETE_WORD']);
    const lines = (await resolveCandidates(wanted, cwd))
      .map(({ value, description }) => ({ value: wanted.prefix + value, description }))
      .filter(({ value }) => value.startsWith(line.current))
      .map(({ value, description }) => `${value.slice(cut)}${description === '' ? '' : `\t${description}`}\n`);
    if (wanted.lookUp === 'files' || wanted.lookUp === 'directories') lines.push(`:${wanted.lookUp}\n`);
    if (lines.length > 0) stdout.write(lines.join(''));
  } catch {
    // Whoever presses Tab wants candidates or nothing.
  }
  return 0;
}

/** bash breaks words at `=` and completes only what follows: how much of our word stands before that. */
function brokenOff(current: string, shellWord: string | undefined): number {
  return shellWord !== undefined && current.endsWith(shellWord) ? current.length - shellWord.length : 0;
}

async function resolveCandidates(wanted: Wanted, cwd: string): Promise<readonly Candidate[]> {
  if (wanted.lookUp !== 'services') return wanted.candidates;
  const { readServiceNames } = await import('./service-names.ts');
  const names = readServiceNames(resolve(cwd, ...wanted.directories));
  return names.filter((name) => !wanted.taken.includes(name)).map((value) => ({ value, description: '' }));
}
