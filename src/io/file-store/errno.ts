import { lstatSync } from 'node:fs';

/** The code of an error of the file system, such as ENOENT; empty for anything else. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What helps where the file system has refused a write. */
export function writeHint(error: unknown): { readonly hint?: string } {
  const hints: Record<string, string> = {
    ENOSPC: 'The disk is full: free some space and run the command again.',
    EDQUOT: 'Your disk quota is used up: free some space and run the command again.',
    EROFS: 'The file system is read-only: choose another directory.',
    EACCES: 'You may not write there: choose another directory, or correct its permissions.',
    EPERM: 'You may not write there: choose another directory, or correct its permissions.',
    EEXIST: 'Something else created that file in the meantime: run the command again.',
    ENOTDIR: 'A file stands where a directory is needed: move it away.',
  };
  const hint = hints[codeOf(error)];
  return hint === undefined ? {} : { hint };
}

/** Whether anything stands at a path, be it a link that leads nowhere. */
export function isPresent(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
