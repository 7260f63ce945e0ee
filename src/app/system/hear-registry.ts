import { MsaError } from '../../model/errors.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { WatchState } from '../../protocol/watch.ts';

/** What the registry says now; undefined when it does not answer: it may be about to start, or be broken. */
export async function hearRegistry(control: ControlPlane, signal: StopSignal): Promise<WatchState | undefined> {
  try {
    for await (const state of control.watch(signal)) return state;
  } catch (error) {
    if (!(error instanceof MsaError)) throw error;
  }
  return undefined;
}
