import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What tests start as a program of its own is built from the sources as they are now, once for all test files. */
export function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build.js')], { stdio: 'inherit' });
}
