import type { Journal, LoadPlan, TableChange } from './journal.ts';
import { findNotes } from './notes.ts';
import { findRecovery, type Recovery } from './recovery.ts';
import { drawTimeline, type Timeline } from './timeline.ts';
import { roundMs } from './round.ts';
import { judge, type Verdict } from './verdict.ts';
import { splitWindows, type Windows } from './windows.ts';

/** What an experiment was about, beside what happened in it. */
export interface Setting {
  readonly engine: string;
  /** Instances of the service that were up when the victim was chosen, itself included. */
  readonly instancesUp: number;
  readonly seed: number;
  readonly load: LoadPlan;
  /** How long the victim may take to be back. */
  readonly timeoutMs: number;
  /** Paths that were not used, with what they answered. */
  readonly leftOut: readonly string[];
  /** The command that does the same again. */
  readonly replay: string;
}

/** What `msa chaos kill --json` prints. Times of single events are milliseconds since the kill; null: not seen. */
export interface KillReport {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  readonly target: {
    readonly service: string;
    readonly instance: string;
    readonly engine: string;
    readonly instancesUp: number;
    readonly seed: number;
    /** Whether the load went to the service itself, so that answers name its instances. */
    readonly isDirect: boolean;
  };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly load: LoadPlan;
  readonly requests: {
    readonly sent: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly unsent: number;
  };
  readonly windows: Windows;
  readonly recovery: RecoveryReport;
  readonly failures: readonly Failure[];
  readonly changes: readonly TableChange[];
  readonly timeline: Timeline;
  readonly replay: string;
}

interface RecoveryReport {
  /** The kill is known to this precision; it counts from the earliest moment it can have happened. */
  readonly uncertaintyMs: number;
  /** The registry was seen to know that it is down. */
  readonly detectedMs: number | null;
  /** The engine had started it again, its back-off included. */
  readonly restartedMs: number | null;
  readonly restarts: number;
  /** The registry was seen to have it up again. */
  readonly upMs: number | null;
  /** Its first answer since. */
  readonly firstAnswerMs: number | null;
  /** In service again: up, or answering where the registry never missed it. */
  readonly backMs: number | null;
}

interface Failure {
  readonly atMs: number;
  readonly latencyMs: number;
  readonly path: string;
  readonly reason: string;
  readonly instance: string | null;
  /** Names the request in the gateway's log. */
  readonly requestId: string | null;
}

/** As many stretches as fit beside a name on a terminal. */
const timelineSteps = 56;

/** Everything that follows from a finished journal. */
export function createReport(journal: Journal, setting: Setting): KillReport {
  const recovery = findRecovery(journal);
  const { verdict, reasons } = judge(journal, recovery, setting.timeoutMs);
  const { diedMs } = recovery;
  const failures = findFailures(journal, diedMs);
  const sent = journal.requests.length;
  const { engine, instancesUp, seed, load, replay } = setting;
  return {
    verdict,
    reasons,
    notes: findNotes(journal, recovery, setting),
    target: {
      service: journal.service,
      instance: journal.victim,
      engine,
      instancesUp,
      seed,
      isDirect: journal.isDirect,
    },
    startedAt: journal.startedAt,
    durationMs: roundMs(journal.endedMs),
    load,
    requests: { sent, succeeded: sent - failures.length, failed: failures.length, unsent: journal.unsent },
    windows: splitWindows(journal, recovery),
    recovery: describeRecovery(recovery),
    failures,
    changes: journal.changes.map((change) => ({ ...change, atMs: roundMs(change.atMs - diedMs) })),
    timeline: drawTimeline(journal, diedMs, timelineSteps),
    replay,
  };
}

function describeRecovery(recovery: Recovery): RecoveryReport {
  const { diedMs, deadMs, restarts } = recovery;
  const sinceKill = (atMs: number | undefined): number | null => (atMs === undefined ? null : roundMs(atMs - diedMs));
  return {
    uncertaintyMs: roundMs(deadMs - diedMs),
    detectedMs: sinceKill(recovery.detectedMs),
    restartedMs: sinceKill(recovery.restartedMs),
    restarts,
    upMs: sinceKill(recovery.upMs),
    firstAnswerMs: sinceKill(recovery.firstAnswerMs),
    backMs: sinceKill(recovery.backMs),
  };
}

function findFailures({ requests }: Journal, diedMs: number): readonly Failure[] {
  return requests
    .flatMap(({ failure, endedMs, intendedMs, path, instance, requestId }) =>
      failure === undefined
        ? []
        : {
            atMs: roundMs(endedMs - diedMs),
            latencyMs: roundMs(endedMs - intendedMs),
            path,
            reason: failure,
            instance: instance ?? null,
            requestId: requestId ?? null,
          },
    )
    .toSorted((a, b) => a.atMs - b.atMs);
}
