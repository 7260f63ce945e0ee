/** One of several services that share the requests of a route. */
interface SplitShare {
  readonly service: string;
  /** In proportion to the others; 0 takes nothing. */
  readonly weight: number;
}

export type SplitPolicy = readonly SplitShare[];
