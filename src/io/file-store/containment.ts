import { realpathSync } from 'node:fs';
import * as path from 'node:path';

/** Tells whether relative paths stay below root, by their own words and through every link on their way. */
export function containment(root: string): (relative: string) => boolean {
  const realRoot = realPathOfExisting(root);
  const inside = new Map<string, boolean>();
  const isInside = (absolute: string): boolean => {
    const real = realPathOfExisting(absolute);
    // While root itself is still to be made, both end at the same directory above it.
    return real === realRoot || real.startsWith(realRoot.endsWith(path.sep) ? realRoot : realRoot + path.sep);
  };
  return (relative) => {
    const words = relative.split('/');
    if (path.isAbsolute(relative) || words.some((word) => ['', '.', '..'].includes(word))) return false;
    const directory = path.join(root, ...words.slice(0, -1));
    const found = inside.get(directory) ?? isInside(directory);
    inside.set(directory, found);
    return found;
  };
}

function realPathOfExisting(file: string): string {
  for (let at = file; ; at = path.dirname(at)) {
    try {
      return realpathSync(at);
    } catch {
      // One level up, then: the root of the file system always exists.
    }
  }
}
