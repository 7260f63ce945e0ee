/** A filter of the workspace as it goes to the gateways. */
export interface SystemFilter {
  /** Its file is `gateway/filters/<name>.ts`. */
  readonly name: string;
  /** One CommonJS module with all that it imports but Node's own parts, its source map inline. */
  readonly code: string;
  /** Of the code: another hash is another filter, which takes the place of the one before. */
  readonly hash: string;
  /** Of the text of its file: who compares it with the disk need not compile. */
  readonly source: string;
}

/** A filter where it is used: on a route, or on an edge. */
export interface FilterUse {
  readonly name: string;
  /** For one call of one stage. */
  readonly timeoutMs: number;
  readonly onFailure: FilterFailurePolicy;
  /** The services that its route stage may choose. */
  readonly services: readonly string[];
}

/** What becomes of a request whose filter fails: it is refused, or goes on as if the filter were not there. */
type FilterFailurePolicy = 'refuse' | 'pass';

/** How much of anything there may be. */
export const filterLimits = {
  filters: 32,
  /** Of one filter. */
  codeBytes: 256 * 1024,
  /** Of all together: they are part of every state that the registry streams. */
  allBytes: 1024 * 1024,
  usesPerRoute: 16,
  maxTimeoutMs: 60_000,
} as const;

/** Where filters live in a workspace. */
export const filterFolder = 'gateway/filters';

/** The file of a filter, relative to the workspace. */
export function filterFile(name: string): string {
  return `${filterFolder}/${name}.ts`;
}
