import { MsaError } from '../../model/errors.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Engine } from '../../ports/engine.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { WatchState } from '../../protocol/watch.ts';

/** The registry of a running system, or an error that says what to look at. */
export async function requireControl(engine: Pick<Engine, 'control'>): Promise<ControlPlane> {
  const control = await engine.control();
  if (control !== undefined) return control;
  throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry does not answer', {
    hint: 'msa ps shows how it is, and msa up repairs it.',
  });
}

/** What the registry says now. */
export async function firstState(control: Pick<ControlPlane, 'watch'>, signal: StopSignal): Promise<WatchState> {
  for await (const state of control.watch(signal)) return state;
  signal.throwIfAborted();
  throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry ended the conversation without a word', {
    hint: 'msa logs registry',
  });
}
