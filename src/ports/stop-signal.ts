/** What an AbortSignal is to code that knows no web globals; every AbortSignal is one. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  readonly throwIfAborted: () => void;
  readonly addEventListener: (type: 'abort', listener: () => void, options?: { readonly once?: boolean }) => void;
  readonly removeEventListener: (type: 'abort', listener: () => void) => void;
}

/** What an AbortController is to the same code. */
interface Stopper {
  readonly signal: StopSignal;
  readonly stop: (reason: unknown) => void;
}

/** Makes a stopper whose signal is aborted with its parent's too. */
export type CreateStopper = (parent?: StopSignal) => Stopper;
