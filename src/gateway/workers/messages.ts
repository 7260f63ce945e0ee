import type { WatchState } from '../../protocol/watch.ts';

/** What the first process of a gateway says to those that take requests. */
export type ToWorker =
  /** Begin to serve, by the last state if there is one. */
  | { readonly kind: 'start'; readonly state: WatchState | undefined }
  | { readonly kind: 'apply'; readonly id: number; readonly state: WatchState }
  | { readonly kind: 'ask'; readonly id: number; readonly what: 'metrics' | 'status' }
  /** Finish what is under way, and end. */
  | { readonly kind: 'close' };

export type FromWorker =
  /** It hears from now on: what was said to it before is lost. */
  | { readonly kind: 'hears' }
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** To `apply` and `ask`. */
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  /** Lines of its log: written by one process, lines of several never mix. */
  | { readonly kind: 'log'; readonly text: string };
