import type { PathChange } from './path-change.ts';

export const redirectStatuses = [301, 302, 303, 307, 308] as const;

/** Sends clients elsewhere; what is left out stays as it was asked for. */
export interface RedirectPolicy {
  readonly status: (typeof redirectStatuses)[number];
  readonly scheme?: 'http' | 'https';
  readonly host?: string;
  readonly port?: number;
  readonly path?: PathChange;
}
