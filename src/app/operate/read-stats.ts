import { MsaError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { GatewayStats } from '../../protocol/stats.ts';
import { gatewayLeaseMs } from '../../protocol/watch.ts';
import { rateStats, type StatsReport } from './rate-stats.ts';

interface StatsDeps {
  readonly clock: Clock;
  readonly signal: StopSignal;
}

type Counts = Pick<ControlPlane, 'gateways' | 'gatewayStats'>;

const pollMs = 250;

/** What the gateway did between its last two reports. */
export async function readStats(control: Counts, deps: StatsDeps): Promise<StatsReport> {
  for await (const report of watchStats(control, deps)) return report;
  deps.signal.throwIfAborted();
  throw absence();
}

/**
 * A report each time the gateway has told what it counted, until the signal; throws when it tells nothing any more. A
 * registry that has answered once may be away for a moment.
 */
export async function* watchStats(control: Counts, { clock, signal }: StatsDeps): AsyncGenerator<StatsReport> {
  let before: GatewayStats | undefined;
  let heardAt = clock.now();
  let trouble: Error | undefined;
  const note = (error: unknown): undefined => {
    if (before === undefined || !(error instanceof Error)) throw error;
    trouble = error;
  };
  while (!signal.aborted) {
    const after = await currentStats(control).catch(note);
    if (after !== undefined && after.at !== before?.at) {
      if (before !== undefined) yield rateStats(before, after);
      before = after;
      heardAt = clock.now();
      trouble = undefined;
    }
    if (clock.now() - heardAt > gatewayLeaseMs) throw trouble ?? absence();
    await clock.sleep(pollMs, signal).catch(() => undefined);
  }
}

/** Of the first gateway: there is one on a laptop, and its processes count together. */
async function currentStats(control: Counts): Promise<GatewayStats | undefined> {
  const [first] = await control.gateways();
  return first && control.gatewayStats(first.id);
}

function absence(): MsaError {
  return new MsaError('MSA_REGISTRY_UNREACHABLE', 'no gateway tells the registry what it counts', {
    hint: 'msa ps shows how it is, and msa logs gateway says why.',
  });
}
