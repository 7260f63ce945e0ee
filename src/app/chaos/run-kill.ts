import type { Crash, Journal, Life, LoadPlan, RequestEntry } from '../../chaos/journal.ts';
import { findRecovery, type Recovery } from '../../chaos/recovery.ts';
import { MsaError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Engine } from '../../ports/engine.ts';
import type { LoadGenerator } from '../../ports/load.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { TableRecord } from './record-table.ts';

export interface KillRun {
  readonly service: string;
  readonly victim: string;
  readonly isDirect: boolean;
  readonly plan: LoadPlan;
  readonly table: TableRecord;
  readonly times: KillTimes;
}

export interface KillTimes {
  /** The kill comes so long after the beginning of the load. */
  readonly afterMs: number;
  /** The load lasts at least so long in all. */
  readonly durationMs: number;
  /** So long the victim may take to be back. */
  readonly timeoutMs: number;
}

export interface KillDeps {
  readonly engine: Pick<Engine, 'observe' | 'crash'>;
  readonly load: Pick<LoadGenerator, 'start'>;
  readonly clock: Clock;
  readonly signal: StopSignal;
  readonly say: (line: string) => void;
}

const pollMs = 100;
/** The engine is asked only now and then: looking costs it something, and it is under test. */
const pollsPerLook = 5;
/** How long the load goes on once the victim is back, to show that it serves again. */
const tailMs = 2000;

/** Load, a steady while, the kill, and all that is seen until the victim is back or its time is over. */
export async function runKill(deps: KillDeps, run: KillRun): Promise<Journal> {
  const { engine, load, clock, signal, say } = deps;
  const { victim, plan, table, times } = run;
  const before = (await findLife(engine, victim)) ?? { restarts: 0, startedAt: undefined };
  const requests: RequestEntry[] = [];
  const originMs = clock.now();
  const startedAt = clock.date().toISOString();
  const elapsedMs = (): number => clock.now() - originMs;
  const running = load.start(plan, (entry) => requests.push(since(entry, originMs)), signal);
  const journalOf = (crash: Crash, after: Life | undefined): Journal => ({
    startedAt,
    endedMs: elapsedMs(),
    service: run.service,
    victim,
    isDirect: run.isDirect,
    requests,
    unsent: 0,
    changes: table.changes.map((change) => ({ ...change, atMs: change.atMs - originMs })),
    crash,
    before,
    after,
  });
  try {
    await clock.sleep(times.afterMs, signal);
    refuseUnsteady(requests);
    const crash = await kill(engine, { victim, elapsedMs });
    signal.throwIfAborted();
    say(`Killed ${victim}`);
    await untilBack(deps, { run, before, elapsedMs, look: (after) => findRecovery(journalOf(crash, after)) });
    const unsent = await running.stop();
    signal.throwIfAborted();
    return { ...journalOf(crash, await findLife(engine, victim)), unsent };
  } finally {
    await running.stop();
  }
}

async function kill(
  engine: KillDeps['engine'],
  { victim, elapsedMs }: { readonly victim: string; readonly elapsedMs: () => number },
): Promise<Crash> {
  const beganMs = elapsedMs();
  await engine.crash(victim);
  return { beganMs, endedMs: elapsedMs() };
}

interface Wait {
  readonly run: KillRun;
  readonly before: Life;
  readonly elapsedMs: () => number;
  /** What the journal says by now, given what the engine said last. */
  readonly look: (after: Life | undefined) => Recovery;
}

async function untilBack(
  { engine, clock, signal, say }: KillDeps,
  { run, before, elapsedMs, look }: Wait,
): Promise<void> {
  const { times, table, victim } = run;
  const lastMs = elapsedMs() + times.timeoutMs;
  let after: Life | undefined = before;
  let isBack = false;
  for (let polls = 1; ; polls += 1) {
    await clock.sleep(pollMs, signal);
    table.throwIfLost();
    if (!isBack && polls % pollsPerLook === 0) after = await findLife(engine, victim);
    const { backMs, diedMs } = look(after);
    if (backMs === undefined && elapsedMs() >= lastMs) return;
    if (backMs !== undefined && elapsedMs() >= Math.max(times.durationMs, backMs + tailMs)) return;
    if (backMs !== undefined && !isBack) say(`${victim} is back after ${Math.round(backMs - diedMs)} ms`);
    isBack = backMs !== undefined;
  }
}

/** The steady state is the hypothesis' other half: without it a failure later on says nothing about the kill. */
function refuseUnsteady(requests: readonly RequestEntry[]): void {
  const failed = requests.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return;
  const reasons = new Set(failed.map(({ path, failure }) => `${path}: ${failure}`));
  throw new MsaError(
    'MSA_CHAOS_INCONCLUSIVE',
    `${failed.length} of ${requests.length} requests failed before anything was killed, so nothing was`,
    { details: [...reasons].slice(0, 5), hint: 'msa logs gateway' },
  );
}

async function findLife({ observe }: Pick<Engine, 'observe'>, victim: string): Promise<Life | undefined> {
  const { instances } = await observe();
  const found = instances.find(({ id }) => id === victim);
  return found === undefined ? undefined : { restarts: found.restarts, startedAt: found.startedAt };
}

function since(entry: RequestEntry, originMs: number): RequestEntry {
  const { intendedMs, sentMs, endedMs } = entry;
  return { ...entry, intendedMs: intendedMs - originMs, sentMs: sentMs - originMs, endedMs: endedMs - originMs };
}
