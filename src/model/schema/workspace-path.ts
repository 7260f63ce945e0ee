/** For editors: relative, with `/`. What exactly is wrong says workspacePathProblem. */
export const workspacePathPattern = /^(?![/~]|[A-Za-z]:)[^\\\0\n]{1,400}$/;

/** Says what keeps a text from naming something inside the workspace, as the rest of a sentence; undefined when nothing. */
export function workspacePathProblem(path: string): string | undefined {
  if (path.trim() === '') return 'must name a path inside the workspace';
  if (path.includes('\\')) return 'must have `/` between its parts (on every system)';
  if (path.startsWith('~')) return 'must be relative to the folder of msa.yaml (`~` has no meaning here)';
  if (/^(?:\/|[A-Za-z]:)/.test(path)) return 'must be relative to the folder of msa.yaml';
  const normal = normalizeWorkspacePath(path);
  if (normal.startsWith('..')) return 'must stay inside the workspace (`..` leads out of it)';
  if (normal === '.msa' || normal.startsWith('.msa/')) return 'must not be inside `.msa` (that folder belongs to msa)';
  return workspacePathPattern.test(path) ? undefined : 'must be a path of at most 400 characters in one line';
}

/** The shortest way to write a relative path: no `./`, no slash at the end, `..` resolved; `.` for the workspace. */
export function normalizeWorkspacePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
