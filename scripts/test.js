// `npm test`: installs what is missing, builds, and runs all tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { ensureInstalled, root } from './ensure-installed.js';

ensureInstalled();
const run = (script, args) => {
  const { status, signal } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (signal !== null || status !== 0) process.exit(status ?? 1);
};
run('scripts/build.js', []);
run('node_modules/vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
