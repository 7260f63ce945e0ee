interface Call {
  readonly name: string;
  /** Names of calls that have to be over before. */
  readonly needs: readonly string[];
}

export interface CallLayers {
  /** Calls of one layer need only those of the layers before it. */
  readonly layers: readonly (readonly string[])[];
  /** What is in no layer: calls that need each other, or one of these, or one that is not there. */
  readonly stuck: readonly string[];
}

/** The order in which calls can be made, as early as possible. */
export function layCalls(calls: readonly Call[]): CallLayers {
  const layers: string[][] = [];
  const done = new Set<string>();
  let waiting = calls;
  for (;;) {
    const layer = waiting.filter(({ needs }) => needs.every((name) => done.has(name))).map(({ name }) => name);
    if (layer.length === 0) return { layers, stuck: waiting.map(({ name }) => name) };
    layers.push(layer);
    for (const name of layer) done.add(name);
    waiting = waiting.filter(({ name }) => !done.has(name));
  }
}
