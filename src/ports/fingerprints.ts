/** Tells changes of files and folders without reading them. */
export interface Fingerprints {
  /**
   * A text for each path that changes when the file, or anything in the folder but what tools install or record there,
   * changes; `''` when nothing is there.
   */
  readonly of: (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}
