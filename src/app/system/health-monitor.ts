import { MsaError } from '../../model/errors.ts';
import type { Observation } from '../../plan/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { Engine } from '../../ports/engine.ts';
import type { CreateStopper, StopSignal } from '../../ports/stop-signal.ts';
import type { WatchState } from '../../protocol/watch.ts';

/** What is known of a system's health at a moment. */
export interface Health {
  /** What the registry said last; undefined while it does not answer. */
  readonly state: WatchState | undefined;
  readonly control: ControlPlane | undefined;
  /** What the engine saw last, and when it was asked. */
  readonly observation: { readonly seen: Observation; readonly askedAtMs: number } | undefined;
  /** Why the engine could not be asked for a while now. */
  readonly lost: MsaError | undefined;
}

/** Looks at a system as long as somebody waits for it: one conversation with the registry, however many wait. */
export interface HealthMonitor {
  /** The first thing that `judge` makes of the health, now or when it changes; throws what it throws. */
  readonly first: <Verdict>(judge: (health: Health) => Verdict | undefined, signal: StopSignal) => Promise<Verdict>;
  /** Ends it, and with it everybody who waits. */
  readonly end: () => void;
}

interface MonitorDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
}

const observeEveryMs = 500;
const reconnectAfterMs = 40;
/** An engine that is away no longer than this many looks may only be starting anew. */
const toleratedSilences = 5;

export function createHealthMonitor({ engine, clock, createStopper }: MonitorDeps): HealthMonitor {
  const stopper = createStopper();
  const { signal } = stopper;
  const waiting = new Set<() => void>();
  let health: Health = { state: undefined, control: undefined, observation: undefined, lost: undefined };
  let begun = false;
  const learn = (news: Partial<Health>): void => {
    health = { ...health, ...news };
    for (const check of waiting) check();
  };
  const begin = (): void => {
    begun = true;
    void untilStopped(signal, () => listen(engine, signal, learn), { clock, pauseMs: reconnectAfterMs });
    void untilStopped(signal, createLook(engine, clock, learn), { clock, pauseMs: observeEveryMs });
  };
  return {
    first: (judge, until) => {
      if (!begun) begin();
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          waiting.delete(check);
          until.removeEventListener('abort', check);
          act();
        };
        const check = (): void => {
          try {
            until.throwIfAborted();
            const verdict = judge(health);
            if (verdict !== undefined) settle(() => resolve(verdict));
          } catch (error) {
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what the judge has thrown
            settle(() => reject(error));
          }
        };
        waiting.add(check);
        until.addEventListener('abort', check);
        check();
      });
    },
    end: () => stopper.stop(undefined),
  };
}

type Learn = (news: Partial<Health>) => void;

/** Hears the registry for as long as it speaks. */
async function listen(engine: Engine, signal: StopSignal, learn: Learn): Promise<void> {
  const control = await engine.control();
  if (control === undefined) return;
  try {
    for await (const state of control.watch(signal)) learn({ state, control });
  } finally {
    learn({ state: undefined, control: undefined });
  }
}

function createLook(engine: Engine, clock: Clock, learn: Learn): () => Promise<void> {
  let silences = 0;
  return async () => {
    const askedAtMs = clock.now();
    try {
      learn({ observation: { seen: await engine.observe(), askedAtMs }, lost: undefined });
      silences = 0;
    } catch (error) {
      silences += 1;
      const isGone = error instanceof MsaError && error.code === 'MSA_ENGINE_UNAVAILABLE';
      if (isGone && silences >= toleratedSilences) learn({ lost: error });
    }
  };
}

interface Pace {
  readonly clock: Clock;
  readonly pauseMs: number;
}

/** Repeats something, whatever becomes of it: while a system starts, much does not answer yet. */
async function untilStopped(signal: StopSignal, act: () => Promise<void>, { clock, pauseMs }: Pace): Promise<void> {
  while (!signal.aborted) {
    await act().catch(() => undefined);
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}
