import type { StopSignal } from './stop-signal.ts';

/** Runs programs of the user, one call at a time, each in a process group of its own. */
export type CommandRunner = (call: CommandCall) => Promise<CommandEnd>;

export interface CommandCall {
  /** The program and its arguments; no shell sees them. */
  readonly words: readonly string[];
  /** Absolute. */
  readonly directory: string;
  /** All of it; nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Aborted: the program and all it started are asked to end, and soon made to. */
  readonly signal: StopSignal;
  /** What it leaves in the background is ended with it. Left out: only when it is broken off. */
  readonly endsWhole?: boolean;
  /** Each line as it comes, without its end. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** How a program ended. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  /** By a signal that did not come from here. */
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'not-started'; readonly reason: string };
