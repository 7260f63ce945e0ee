/** What tells two checkouts of one workspace apart: its name and six digits of its real path. */
export function workspaceId(name: string, realPath: string, sha256: (text: string) => string): string {
  return `${name}-${sha256(realPath).slice(0, 6)}`;
}
