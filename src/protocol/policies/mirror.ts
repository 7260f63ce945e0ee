/** A service that gets a copy of requests, and whose answers nobody waits for. */
export interface MirrorTarget {
  readonly service: string;
  /** Of all requests; up to three digits after the point count. */
  readonly percent: number;
}

export type MirrorPolicy = readonly MirrorTarget[];
