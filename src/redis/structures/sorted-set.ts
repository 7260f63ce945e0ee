import type { Random } from '../random.ts';
import { ScannableMap } from './scannable-map.ts';
import { SkipList, type RankRange } from './skip-list.ts';

/** Members with scores, found by member and by order. */
export class SortedSet {
  readonly type = 'zset';
  readonly scores = new ScannableMap<number>();
  readonly #order: SkipList;

  constructor(random: Random) {
    this.#order = new SkipList(random);
  }

  get size(): number {
    return this.scores.size;
  }

  /** Adds a member or changes its score. */
  set(member: string, given: number): void {
    // Redis keeps whole scores as integers, which know no negative zero.
    const score = given === 0 ? 0 : given;
    const old = this.scores.get(member);
    if (old === score) return;
    if (old !== undefined) this.#order.remove(old, member);
    this.scores.set(member, score);
    this.#order.insert(score, member);
  }

  delete(member: string): boolean {
    const score = this.scores.get(member);
    if (score === undefined) return false;
    this.#order.remove(score, member);
    return this.scores.delete(member);
  }

  /** The place of a member from 0, undefined for a stranger. */
  rankOf(member: string): number | undefined {
    const score = this.scores.get(member);
    return score === undefined ? undefined : this.#order.rankOf(score, member);
  }

  countWhile(condition: (score: number, member: string) => boolean): number {
    return this.#order.countWhile(condition);
  }

  range(range: RankRange): [string, number][] {
    return this.#order.range(range);
  }
}
