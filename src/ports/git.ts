/** The git repository a workspace lies in, read only. Paths are relative to the repository, with `/`. */
export interface Git {
  /** The repository that holds a folder, and commits of it; undefined when there is none, or no git on this machine. */
  readonly locate: (directory: string, revisions: readonly string[]) => Promise<LocatedRepository | undefined>;
  /** Where two commits parted; undefined when they have nothing in common. */
  readonly mergeBase: (root: string, one: string, other: string) => Promise<string | undefined>;
  /** What the default branch is called here, such as `origin/main`; undefined when it cannot be told. */
  readonly defaultBranch: (root: string) => Promise<string | undefined>;
  /**
   * Files that differ between two commits, both names of one that was renamed; without `to` between a commit and what
   * stands on disk, files included that git does not know yet and does not ignore.
   */
  readonly changedFiles: (range: ChangedRange) => Promise<readonly string[]>;
  /** The text of a file at a commit; undefined when there was none. */
  readonly readAt: (root: string, commit: string, path: string) => Promise<string | undefined>;
  /** What lies directly in these folders at a commit, each with its folder's path before it. */
  readonly listAt: (root: string, commit: string, folders: readonly string[]) => Promise<readonly string[]>;
  /** What the commits of a range say behind a key at the end of their messages, the newest first; without `to` up to HEAD. */
  readonly trailers: (range: ChangedRange, key: string) => Promise<readonly string[]>;
}

export interface LocatedRepository {
  /** Absolute. */
  readonly root: string;
  /** What the revisions name, in their order; undefined where there is none of that name, as in a shallow clone. */
  readonly commits: readonly (string | undefined)[];
}

export interface ChangedRange {
  readonly root: string;
  readonly from: string;
  readonly to: string | undefined;
}
