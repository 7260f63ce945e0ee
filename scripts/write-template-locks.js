// Writes the lock files that the rest template ships, one per store, from its package.json files. Run it after a change of
// dependencies; the registry is whatever npm is configured for, and no address of it ends up in the files.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from './ensure-installed.js';

const placeholder = 'service-name';

for (const store of ['memory', 'redis', 'postgres']) {
  const layer = join(root, 'templates/rest', `store-${store}`);
  const directory = mkdtempSync(join(tmpdir(), 'msa-lock-'));
  try {
    const manifest = readFileSync(join(layer, 'package.json.hbs'), 'utf8')
      .replaceAll('{{service.name}}', placeholder)
      .replaceAll(/\{\{json [^}]*\}\}/g, '""');
    writeFileSync(join(directory, 'package.json'), manifest);
    const options = [
      '--package-lock-only',
      '--ignore-scripts',
      '--omit-lockfile-registry-resolved',
      '--loglevel=error',
    ];
    execFileSync('npm', ['install', ...options], { cwd: directory, stdio: 'inherit' });
    const lock = readFileSync(join(directory, 'package-lock.json'), 'utf8');
    writeFileSync(join(layer, 'package-lock.json.hbs'), lock.replaceAll(`"${placeholder}"`, '"{{service.name}}"'));
    console.log(`wrote ${layer}/package-lock.json.hbs`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
