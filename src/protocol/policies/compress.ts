export const compressionCodings = ['br', 'gzip'] as const;
export type CompressionCoding = (typeof compressionCodings)[number];

/** Which answers of a route or an edge are compressed, and how. */
export interface CompressPolicy {
  /** The preferred one first. */
  readonly codings: readonly CompressionCoding[];
  /** Shorter answers are left as they are. */
  readonly minBytes: number;
  /** Media types such as `text/*` beside those that are known to shrink; lower case. */
  readonly types: readonly string[];
}
