import type { StopSignal } from './stop-signal.ts';

/** Where an image is, in the words of its registry. */
export interface ImageAddress {
  /** `host` or `host:port`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** Asks registries of images. */
export interface ImageRegistry {
  /**
   * The digest a tag leads to now: that of the index, where the image has several platforms. `known` is one that was found
   * before: where nothing has moved, no more is asked for. Throws what keeps it from being known.
   */
  readonly digestOf: (
    image: ImageAddress,
    options: { readonly known: string | undefined; readonly signal: StopSignal },
  ) => Promise<string>;
}
