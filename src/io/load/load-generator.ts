import { Pool } from 'undici';

import type { LoadPlan, RequestEntry } from '../../chaos/journal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LoadGenerator, ProbeAnswer, ProbeRequest, RunningLoad } from '../../ports/load.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import { sendRequest } from './send-request.ts';
import { startSchedule } from './schedule.ts';

/** Sends real requests over real connections. */
export function createLoadGenerator({ now }: Pick<Clock, 'now'>): LoadGenerator {
  return { probe, start: (plan, record, signal) => startLoad({ plan, record, signal, now }) };
}

async function probe({ origin, path, timeoutMs, signal }: ProbeRequest): Promise<ProbeAnswer> {
  const pool = new Pool(origin, { connections: 1 });
  const stop = stopWith(signal);
  try {
    return await sendRequest(pool, { path, timeoutMs, signal: stop.signal });
  } finally {
    stop.release();
    await pool.destroy();
  }
}

interface Load {
  readonly plan: LoadPlan;
  readonly record: (entry: RequestEntry) => void;
  readonly signal: StopSignal;
  readonly now: Clock['now'];
}

/**
 * An open loop: requests are due at their times however the system fares. Those that find every slot taken wait, and
 * their latency counts from when they were due, so that a stall shows in every request it held up.
 */
function startLoad({ plan, record, signal, now }: Load): RunningLoad {
  const { origin, paths, ratePerSecond, maxInFlight, requestTimeoutMs } = plan;
  const pool = new Pool(origin, { connections: maxInFlight, pipelining: 1 });
  const stop = stopWith(signal);
  const waiting: number[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;

  const send = async (intendedMs: number, path: string): Promise<void> => {
    const sentMs = now();
    const answer = await sendRequest(pool, { path, timeoutMs: requestTimeoutMs, signal: stop.signal });
    if (!stop.signal.aborted) record({ path, intendedMs, sentMs, endedMs: now(), ...answer });
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
  stop.signal.addEventListener('abort', () => {
    schedule.stop();
    waiting.length = 0;
  });

  return {
    stop: async () => {
      schedule.stop();
      const unsent = waiting.length;
      waiting.length = 0;
      await Promise.all(underWay);
      stop.release();
      await pool.destroy();
      return unsent;
    },
  };
}

/** An AbortSignal that is aborted with another signal until it is released. */
function stopWith(parent: StopSignal): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return { signal: controller.signal, release: () => parent.removeEventListener('abort', abort) };
}
