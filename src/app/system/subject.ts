import type { Place } from '../../ports/engine.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import type { RunningSystem } from './find-running.ts';

/** A workspace, and what its engine has of it. */
export interface Subject extends RunningSystem {
  readonly opened: OpenWorkspace;
  readonly place: Place;
}
