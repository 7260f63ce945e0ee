import { findLeftBehind } from '../../scripts/left-behind.js';
import { hasDocker } from './docker.ts';

/** Everything of a workspace that still is on this machine, one line each; empty after `msa down --volumes`. */
export function leftBehind(workspace: string, root: string): Promise<readonly string[]> {
  return findLeftBehind({ workspace, root, docker: hasDocker });
}
