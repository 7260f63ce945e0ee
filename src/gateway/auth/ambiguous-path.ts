import { isWithin } from '../http/is-within.ts';
import type { GuardedPath } from '../pipeline/feature.ts';

/** A path as a careless service might read it: parameters of segments gone, empty segments too, all in small letters. */
export function looselyRead(path: string): string {
  const segments = path.split('/').map((segment) => segment.replace(/(?:;|%3B).*$/s, '').toLowerCase());
  return `/${segments.filter((segment) => segment !== '').join('/')}`;
}

/** What makes a loose reading differ from the exact one at all. */
const readsTwoWays = /[A-Z;]|\/\/|\/$/;

/**
 * Makes the test for paths that are none of the guarded ones as they stand, but would be for a service that reads them
 * carelessly: `/admin;x`, `/shop//admin` and `/ADMIN` for `/admin`. Routes know only the exact form, so such a path would
 * get in by a route with fewer rules. Undefined when there is nothing of which it could be a disguise.
 */
export function disguiseTest(guarded: readonly GuardedPath[]): ((path: string) => boolean) | undefined {
  if (guarded.length === 0) return undefined;
  const entries = guarded.map((entry) => ({ ...entry, loose: looselyRead(entry.path) }));
  return (path) => {
    if (!readsTwoWays.test(path)) return false;
    const loose = looselyRead(path);
    return entries.some((entry) =>
      entry.exact
        ? loose === entry.loose && path !== entry.path
        : isWithin(loose, entry.loose) && !isWithin(path, entry.path),
    );
  };
}
