import type { Random } from '../random.ts';

interface Node {
  readonly score: number;
  readonly member: string;
  /** The following node of each level, lowest first. */
  readonly next: (Node | undefined)[];
  /** How many places each of them is away. */
  readonly spans: number[];
  previous: Node | undefined;
}

/** Members by score, and by their bytes where scores are equal, with ranks in logarithmic time. */
export class SkipList {
  readonly #random: Random;
  readonly #head: Node = { score: 0, member: '', next: [], spans: [], previous: undefined };
  #last: Node | undefined;
  #length = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a member that is not in the list. */
  insert(score: number, member: string): void {
    const path = this.#pathBefore((node) => isBefore(node, score, member));
    const before = path[0]?.node;
    const node: Node = { score, member, next: [], spans: [], previous: before === this.#head ? undefined : before };
    const height = this.#randomHeight();
    while (this.#head.next.length < height) {
      this.#head.next.push(undefined);
      this.#head.spans.push(this.#length);
      path.push({ node: this.#head, rank: 0 });
    }
    const rank = path[0]?.rank ?? 0;
    for (const [level, step] of path.entries()) {
      const span = spanOf(step.node, level);
      if (level >= height) {
        step.node.spans[level] = span + 1;
        continue;
      }
      node.next.push(step.node.next[level]);
      node.spans.push(span - (rank - step.rank));
      step.node.next[level] = node;
      step.node.spans[level] = rank - step.rank + 1;
    }
    this.#joinBack(node, node.next[0]);
    this.#length++;
  }

  /** Removes a member, given with its score; it must be there. */
  remove(score: number, member: string): void {
    const path = this.#pathBefore((node) => isBefore(node, score, member));
    const node = path[0]?.node.next[0];
    if (node?.member !== member) throw new Error(`no member ${member} with score ${score}`);
    for (const [level, step] of path.entries()) {
      const span = spanOf(step.node, level) - 1;
      const isLinked = step.node.next[level] === node;
      step.node.spans[level] = isLinked ? span + spanOf(node, level) : span;
      if (isLinked) step.node.next[level] = node.next[level];
    }
    const following = node.next[0];
    if (following === undefined) this.#last = node.previous;
    else following.previous = node.previous;
    this.#length--;
  }

  /** How many members from the front fulfil a condition that no member does after one that does not. */
  countWhile(condition: (score: number, member: string) => boolean): number {
    return this.#pathBefore((node) => condition(node.score, node.member))[0]?.rank ?? 0;
  }

  /** The place of a member, from 0. */
  rankOf(score: number, member: string): number {
    return this.countWhile((otherScore, other) => otherScore < score || (otherScore === score && other < member));
  }

  /** Members with scores from one rank up to, but without, another, the last first if reversed. */
  range({ start, end, reverse }: RankRange): [string, number][] {
    const found: [string, number][] = [];
    let node = start < end ? this.#at(reverse ? end - 1 : start) : undefined;
    for (let left = end - start; left > 0 && node !== undefined; left--) {
      found.push([node.member, node.score]);
      node = reverse ? node.previous : node.next[0];
    }
    return found;
  }

  #at(rank: number): Node | undefined {
    if (rank === this.#length - 1) return this.#last;
    let node = this.#head;
    let passed = 0;
    for (let level = this.#head.next.length - 1; level >= 0; level--) {
      for (;;) {
        const following = node.next[level];
        const reached = passed + spanOf(node, level);
        if (following === undefined || reached > rank + 1) break;
        passed = reached;
        node = following;
      }
    }
    return node;
  }

  /** The last node of each level, lowest first, up to which the condition holds, and how many come up to it. */
  #pathBefore(condition: (node: Node) => boolean): { readonly node: Node; readonly rank: number }[] {
    const path: { readonly node: Node; readonly rank: number }[] = [];
    let node = this.#head;
    let rank = 0;
    for (let level = this.#head.next.length - 1; level >= 0; level--) {
      for (;;) {
        const following = node.next[level];
        if (following === undefined || !condition(following)) break;
        rank += spanOf(node, level);
        node = following;
      }
      path.push({ node, rank });
    }
    return path.toReversed();
  }

  #joinBack(node: Node, following: Node | undefined): void {
    if (following === undefined) this.#last = node;
    else following.previous = node;
  }

  #randomHeight(): number {
    let height = 1;
    while (height < 32 && this.#random() < 0.25) height++;
    return height;
  }
}

/** Ranks from 0; the end is not included. */
export interface RankRange {
  readonly start: number;
  readonly end: number;
  readonly reverse: boolean;
}

function isBefore(node: Node, score: number, member: string): boolean {
  return node.score < score || (node.score === score && node.member < member);
}

// A level that a node does not have cannot lead on from it.
function spanOf(node: Node, level: number): number {
  return node.spans[level] ?? 0;
}
