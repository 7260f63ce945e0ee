import { refuse } from '../command-error.ts';
import { parseDouble } from '../numbers/doubles.ts';
import { readInteger } from '../numbers/integers.ts';
import type { SortedSet } from '../structures/sorted-set.ts';
import { clampRange } from './index-range.ts';

export type RangeBy = 'rank' | 'score' | 'lex';

/** A part of a sorted set, given by its lower and its upper end. */
export type Bounds = (set: SortedSet) => { readonly start: number; readonly end: number };

/** Reads both ends; refuses them before any key is looked at. */
export function readBounds(by: RangeBy, min: string, max: string): Bounds {
  if (by === 'score') return scoreBounds(min, max);
  if (by === 'lex') return lexBounds(min, max);
  const range = { first: readInteger(min), last: readInteger(max) };
  return (set) => clampRange(range, set.size);
}

// Every range is two ranks: how many members come before it, and how many before its end.
function scoreBounds(min: string, max: string): Bounds {
  const low = readScore(min);
  const high = readScore(max);
  return (set) => ({
    start: set.countWhile((score) => score < low.score || (low.isExclusive && score === low.score)),
    end: set.countWhile((score) => score < high.score || (!high.isExclusive && score === high.score)),
  });
}

function readScore(text: string): { readonly score: number; readonly isExclusive: boolean } {
  const isExclusive = text.startsWith('(');
  const score = parseDouble(isExclusive ? text.slice(1) : text) ?? refuse('ERR min or max is not a float');
  return { score, isExclusive };
}

function lexBounds(min: string, max: string): Bounds {
  const low = readLex(min);
  const high = readLex(max);
  return (set) => ({
    start: set.countWhile((_score, member) => compareLex(member, low) < (low.isExclusive ? 1 : 0)),
    end: set.countWhile((_score, member) => compareLex(member, high) < (high.isExclusive ? 0 : 1)),
  });
}

interface LexBound {
  readonly kind: 'least' | 'text' | 'greatest';
  readonly text: string;
  readonly isExclusive: boolean;
}

function readLex(text: string): LexBound {
  if (text === '-') return { kind: 'least', text: '', isExclusive: false };
  if (text === '+') return { kind: 'greatest', text: '', isExclusive: false };
  if (!/^[[(]/.test(text)) refuse('ERR min or max not valid string range item');
  return { kind: 'text', text: text.slice(1), isExclusive: text.startsWith('(') };
}

function compareLex(member: string, { kind, text }: LexBound): number {
  if (kind !== 'text') return kind === 'least' ? 1 : -1;
  if (member === text) return 0;
  return member < text ? -1 : 1;
}
