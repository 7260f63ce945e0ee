import { createHash } from 'node:crypto';

import type { Script } from './shared-store.ts';

export function createScript(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
