/** Several streams as one, in the order in which things arrive; more may be added while it is read. */
export interface Funnel<Item> {
  readonly add: (source: AsyncIterable<Item>) => void;
  /** Ends when every stream has ended, and throws as soon as one of them does. */
  readonly items: () => AsyncGenerator<Item>;
}

/** A stream is asked for its next item only when the one before was taken: who reads slowly slows them all down. */
export function createFunnel<Item>(): Funnel<Item> {
  const waiting: { readonly item: Item; readonly taken: () => void }[] = [];
  let open = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  const drain = async (source: AsyncIterable<Item>): Promise<void> => {
    open += 1;
    try {
      for await (const item of source) await offer(item);
    } catch (error) {
      failure ??= { error };
    }
    open -= 1;
    wake?.();
  };
  const offer = (item: Item): Promise<void> =>
    new Promise((taken) => {
      waiting.push({ item, taken });
      wake?.();
    });

  return {
    add: (source) => void drain(source),
    items: async function* () {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          yield next.item;
          next.taken();
        } else if (failure !== undefined) {
          throw failure.error;
        } else if (open === 0) {
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    },
  };
}
