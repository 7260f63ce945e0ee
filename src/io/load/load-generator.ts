import { Pool } from 'undici';

import type { LoadPlan, RequestEntry } from '../../chaos/journal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LoadGenerator, ProbeAnswer, ProbeRequest, RunningLoad } from '../../ports/load.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { TrustOptions } from '../certificates/trust.ts';
import { sendRequest } from './send-request.ts';
import { startSchedule } from './schedule.ts';

/** Sends real requests over real connections. */
export function createLoadGenerator({ now }: Pick<Clock, 'now'>, connect: TrustOptions = {}): LoadGenerator {
  return {
    probe: (request) => probe(request, connect),
    start: (plan, record, signal) => startLoad({ plan, record, signal, now, connect }),
  };
}

async function probe({ origin, path, timeoutMs, signal }: ProbeRequest, connect: TrustOptions): Promise<ProbeAnswer> {
  const pool = new Pool(origin, { connections: 1, connect });
  const release = onAbort(signal, () => void pool.destroy());
  try {
    return await sendRequest(pool, { path, timeoutMs });
  } finally {
    release();
    await pool.destroy();
  }
}

interface Load {
  readonly plan: LoadPlan;
  readonly record: (entry: RequestEntry) => void;
  readonly signal: StopSignal;
  readonly now: Clock['now'];
  readonly connect: TrustOptions;
}

/**
 * An open loop: requests are due at their times however the system fares. Those that find every slot taken wait, and
 * their latency counts from when they were due, so that a stall shows in every request it held up.
 */
function startLoad({ plan, record, signal, now, connect }: Load): RunningLoad {
  const { origin, paths, ratePerSecond, maxInFlight, requestTimeoutMs } = plan;
  const pool = new Pool(origin, { connections: maxInFlight, pipelining: 1, connect });
  const waiting: number[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;

  const send = async (intendedMs: number, path: string): Promise<void> => {
    const sentMs = now();
    const answer = await sendRequest(pool, { path, timeoutMs: requestTimeoutMs });
    if (!signal.aborted) record({ path, intendedMs, sentMs, endedMs: now(), ...answer });
  };
  const fillSlots = (): void => {
    while (underWay.size < maxInFlight) {
      const intendedMs = waiting.shift();
      const path = paths[sent % paths.length];
      if (intendedMs === undefined || path === undefined) return;
      sent += 1;
      const request = send(intendedMs, path).finally(() => {
        underWay.delete(request);
        fillSlots();
      });
      underWay.add(request);
    }
  };
  const schedule = startSchedule({ intervalMs: 1000 / ratePerSecond, now }, (intendedMs) => {
    waiting.push(intendedMs);
    fillSlots();
  });
  const endSending = (): number => {
    schedule.stop();
    return waiting.splice(0).length;
  };
  const release = onAbort(signal, () => {
    endSending();
    void pool.destroy();
  });

  return {
    stop: async () => {
      const unsent = endSending();
      await Promise.all(underWay);
      release();
      await pool.destroy();
      return unsent;
    },
  };
}

/** Calls back once if the signal is aborted, or is already, until it is released. */
function onAbort(signal: StopSignal, callback: () => void): () => void {
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}
