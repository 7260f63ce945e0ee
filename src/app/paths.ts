/** Joins a directory and a relative path; both use `/`. */
export function joinPath(directory: string, relative: string): string {
  if (relative === '' || relative === '.') return directory;
  return directory.endsWith('/') ? `${directory}${relative}` : `${directory}/${relative}`;
}

/** The same below a relative directory; an empty one, or `.`, is where one stands. */
export function joinRelative(directory: string, relative: string): string {
  return directory === '' || directory === '.' ? relative : `${directory}/${relative}`;
}

/** The absolute path that a user means by `path`, seen from `directory`. */
export function resolvePath(directory: string, path: string): string {
  const words = (path.startsWith('/') ? path : `${directory}/${path}`).split('/');
  const kept: string[] = [];
  for (const word of words) {
    if (word === '..') kept.pop();
    else if (word !== '' && word !== '.') kept.push(word);
  }
  return `/${kept.join('/')}`;
}

/** The directory a path lies in; `/` is its own. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/';
}

/** The last word of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `path` as seen from `directory`, or undefined when it does not lie below it. */
export function relativeTo(directory: string, path: string): string | undefined {
  if (path === directory) return '.';
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** The relative path from one directory to another; both are absolute. */
export function pathBetween(from: string, to: string): string {
  const here = wordsOf(from);
  const there = wordsOf(to);
  let shared = 0;
  while (shared < here.length && here[shared] === there[shared]) shared += 1;
  const words = [...here.slice(shared).map(() => '..'), ...there.slice(shared)];
  return words.length === 0 ? '.' : words.join('/');
}

function wordsOf(path: string): readonly string[] {
  return path.split('/').filter((word) => word !== '');
}
