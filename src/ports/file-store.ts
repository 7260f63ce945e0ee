/** One thing to be done to a file. Paths are relative to the root of the change, with `/`. */
export type FileChange =
  | {
      readonly kind: 'create';
      readonly path: string;
      readonly content: string;
      readonly executable?: boolean;
      /** True for what only its owner may read. */
      readonly secret?: boolean;
    }
  | {
      readonly kind: 'update';
      readonly path: string;
      readonly content: string;
      /** What the decision was based on; when the file says something else by now, nothing is written. */
      readonly was?: string;
    }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'delete-directory'; readonly path: string };

export type EntryKind = 'file' | 'directory' | 'other';

/** Files as the use cases see them. Every path is absolute, with `/`. */
export interface FileStore {
  /** The text of a file, or undefined when there is none. Anything but UTF-8 is an MsaError. */
  read(path: string): Promise<string | undefined>;
  /** What stands at a path, or undefined. Links are followed. */
  kindOf(path: string): Promise<EntryKind | undefined>;
  /** Names in a directory, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** Every file below a directory as sorted relative paths, links not followed, itself included; empty when there is none. */
  listFiles(path: string): Promise<readonly string[]>;
  /** The absolute path with links resolved, or undefined when nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /** Carries out all changes below root, or none of them: on a failure what was done is taken back. */
  apply(root: string, changes: readonly FileChange[]): Promise<void>;
  /** Takes back what a killed `apply` left half done below root; says whether there was anything. */
  recover(root: string): Promise<boolean>;
}
