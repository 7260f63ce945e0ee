import type { Journal } from './journal.ts';

/** What became of the victim. Milliseconds since the load began; undefined: it was not seen. */
export interface Recovery {
  /**
   * The earliest moment at which it can have died: its last answer, or when the engine was asked. Times after the kill
   * count from here, so that none is told too short.
   */
  readonly diedMs: number;
  /** The latest moment at which it can have died. */
  readonly deadMs: number;
  /** When the registry was first seen to know. */
  readonly detectedMs: number | undefined;
  /** When the engine had started it again, its back-off included. */
  readonly restartedMs: number | undefined;
  readonly restarts: number;
  /** When the registry was seen to have it up again, for good. */
  readonly upMs: number | undefined;
  /** When the first answer of its next life was complete: to a request sent when the old one was over. */
  readonly firstAnswerMs: number | undefined;
  /** When it was in service again: up in the table or, where the registry missed its absence, seen otherwise. */
  readonly backMs: number | undefined;
}

/** Reads off a journal, finished or not, how the victim fared. */
export function findRecovery(journal: Journal): Recovery {
  const { victim, requests, crash, before, after } = journal;
  const answers = requests.filter(({ instance, endedMs }) => instance === victim && endedMs >= crash.beganMs);
  const changes = journal.changes.filter(({ instance, atMs }) => instance === victim && atMs >= crash.beganMs);
  const detectedMs = changes.find(({ status }) => status !== 'up')?.atMs;
  const restartedMs = findRestart(journal);
  const deadMs = Math.min(crash.endedMs, detectedMs ?? Infinity, restartedMs ?? Infinity);
  const diedMs = answers.reduce(
    (last, { endedMs }) => (endedMs <= deadMs ? Math.max(last, endedMs) : last),
    crash.beganMs,
  );
  const laterMs = answers.reduce(
    (first, { sentMs, endedMs }) => (sentMs > deadMs ? Math.min(first, endedMs) : first),
    Infinity,
  );
  const firstAnswerMs = laterMs === Infinity ? undefined : laterMs;
  const lastChange = changes.at(-1);
  const upMs = detectedMs !== undefined && lastChange?.status === 'up' ? lastChange.atMs : undefined;
  const restarts = (after ?? before).restarts - before.restarts;
  const seenBackMs = restarts === 0 ? undefined : journal.isDirect ? firstAnswerMs : (restartedMs ?? crash.endedMs);
  return {
    diedMs,
    deadMs,
    detectedMs,
    restartedMs,
    restarts,
    upMs,
    firstAnswerMs,
    backMs: detectedMs === undefined ? seenBackMs : upMs,
  };
}

/** By the engine's clock, which is this machine's or close to it. */
function findRestart({ startedAt, crash, before, after }: Journal): number | undefined {
  if (after?.startedAt === undefined || after.startedAt === before.startedAt) return undefined;
  const restartedMs = Date.parse(after.startedAt) - Date.parse(startedAt);
  return restartedMs >= crash.beganMs ? restartedMs : undefined;
}
