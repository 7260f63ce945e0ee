import type { MaybeTerminal } from './colors.ts';

/** Where text goes. */
export interface OutputStream extends MaybeTerminal {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly write: (text: string | Uint8Array) => unknown;
  /** Tells that nobody reads any more. */
  readonly once?: (event: 'error', listener: () => void) => unknown;
}
