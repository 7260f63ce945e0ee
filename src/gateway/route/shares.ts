interface Weighted<T> {
  readonly item: T;
  readonly weight: number;
}

interface Turn<T> extends Weighted<T> {
  credit: number;
}

/**
 * Gives items in proportion to their weights, by turns and not by lot: after as many requests as the weights sum up to,
 * each has had exactly its share, and it is never far from it in between. What weighs nothing is never given.
 */
export class Shares<T> {
  private readonly turns: readonly Turn<T>[];
  private readonly total: number;

  constructor(items: readonly Weighted<T>[]) {
    this.turns = items.filter(({ weight }) => weight > 0).map((each) => ({ ...each, credit: 0 }));
    this.total = this.turns.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Undefined when nothing has a weight. */
  next(): T | undefined {
    let best: Turn<T> | undefined;
    for (const turn of this.turns) {
      turn.credit += turn.weight;
      if (best === undefined || turn.credit > best.credit) best = turn;
    }
    if (best) best.credit -= this.total;
    return best?.item;
  }
}
