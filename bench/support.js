// What the benches share beside measuring.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { root } from '../scripts/ensure-installed.js';

/**
 * Installs what to measure against, in a directory of its own, and gives that directory.
 * @param {string} name
 * @param {Record<string, string>} packages
 */
export function installPeers(name, packages) {
  const directory = join(root, 'bench', '.peers', name);
  if (!Object.keys(packages).every((peer) => existsSync(join(directory, 'node_modules', peer)))) {
    console.error(`Installing the ${name} to measure against …`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies: packages }, null, 2));
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: directory,
      stdio: ['ignore', 2, 2],
    });
  }
  return directory;
}

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
