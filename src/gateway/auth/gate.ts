interface Bounds {
  /** How much happens at a time. */
  readonly running: number;
  /** How much more waits in line. */
  readonly waiting: number;
}

/** Lets so many things happen at a time, lets some more wait in line, and turns away who comes after them. */
export class Gate {
  private running = 0;
  private readonly line: (() => void)[] = [];
  private readonly bounds: Bounds;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  /** Undefined when the line is full: then nothing has happened. */
  run<Value>(work: () => Promise<Value>): Promise<Value> | undefined {
    if (this.running < this.bounds.running) {
      this.running += 1;
      return this.finish(work);
    }
    if (this.line.length >= this.bounds.waiting) return undefined;
    return new Promise<void>((resolve) => this.line.push(resolve)).then(() => this.finish(work));
  }

  /** Its place goes to the next in line, so that nobody can slip in between. */
  private async finish<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
