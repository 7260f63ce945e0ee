import type { StackId } from '../stacks.ts';

/** What a change touches: which services are checked and built anew, and which are started to try them together. */
export interface Affected {
  /** Commits; `from` is undefined when everything is taken as changed, `to` when it is what stands on disk. */
  readonly range: { readonly from: string | undefined; readonly to: string | undefined };
  /** Callees stand before their callers. */
  readonly services: readonly AffectedService[];
  /** Those that run in the system test: the services above with all they call; all of them when the gateway changed. */
  readonly system: readonly string[];
}

export interface AffectedService {
  readonly name: string;
  /** Its folder, relative to the workspace, with `/`. */
  readonly path: string;
  readonly stack: StackId;
  /** For people, the most telling first: "services/orders/src/app.ts and 2 more", "the contract of users". */
  readonly reasons: readonly string[];
}
