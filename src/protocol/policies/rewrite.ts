import type { PathChange } from './path-change.ts';

/** What a service is asked for instead of what the client asked for. */
export interface RewritePolicy {
  readonly host?: string;
  readonly path?: PathChange;
}
