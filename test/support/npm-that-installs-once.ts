/**
 * Takes the place of `npm` in jobs, each of which installs what the one before has installed: the first installation by a lock file
 * is npm's own, and all others are copies of it. The folder it lies in stands first in PATH, and keeps them.
 */
export const npmThatInstallsOnce = `#!/bin/bash
PATH=\${PATH#*:}
if [ "$1" != ci ]; then exec npm "$@"; fi
kept=\${0%/*}/installed/$(sha256sum package-lock.json | cut -c 1-64)
if [ ! -e "$kept" ]; then
  npm "$@" || exit
  # Whole or not at all: another job may be about to do the same.
  mkdir -p "\${kept%/*}"
  cp -al node_modules "$kept.$$" && mv -T "$kept.$$" "$kept" || rm -rf "$kept.$$"
  exit 0
fi
rm -rf node_modules
cp -al "$kept" node_modules && echo "added what is kept of the same lock file"
`;
