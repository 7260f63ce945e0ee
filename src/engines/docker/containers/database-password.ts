import { createHash } from 'node:crypto';

import type { Place } from '../../../ports/engine.ts';

/**
 * Follows from the workspace, because the data outlives every container that could remember it. It keeps nobody out who
 * may use Docker here; the server is reached from the workspace's own network only.
 */
export function databasePassword({ workspace }: Place): string {
  return createHash('sha256').update(`postgres of ${workspace}`).digest('hex').slice(0, 32);
}
