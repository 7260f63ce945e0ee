import type { Journal } from './journal.ts';

/** What became of the victim. Milliseconds since the load began; undefined: it was not seen. */
export interface Recovery {
  /**
   * The earliest moment at which it can have died: when it was sent the last request that it answered, or when the engine
   * was asked. Times after the kill count from here, so that none is told too short.
   */
  readonly diedMs: number;
  /** The latest moment at which it can have died. */
  readonly deadMs: number;
  /** When the registry was first seen to know. */
  readonly detectedMs: number | undefined;
  /** When the engine had started it again, its back-off included. */
  readonly restartedMs: number | undefined;
  readonly restarts: number;
  /** Whether it lives another life, by what the engine says or, where that says nothing, by the table. */
  readonly isReborn: boolean;
  /** When the registry was seen to have it up again, for good. */
  readonly upMs: number | undefined;
  /** When the first answer of its next life was complete: to a request sent when the old one was over. */
  readonly firstAnswerMs: number | undefined;
  /** When it was in service again: up in the table or, where the registry missed its absence, seen otherwise. */
  readonly backMs: number | undefined;
}

/** Reads off a journal, finished or not, how the victim fared. */
export function findRecovery(journal: Journal): Recovery {
  const { victim, requests, isDirect, crash, before, after } = journal;
  const answers = requests.filter(({ instance, endedMs }) => instance === victim && endedMs >= crash.beganMs);
  const changes = journal.changes.filter(({ instance, atMs }) => instance === victim && atMs >= crash.beganMs);
  const losses = changes.filter(({ status }) => status !== 'up').map(({ atMs }) => atMs);
  const restartedMs = findRestart(journal);
  const nextLifeMs = after === undefined ? losses[0] : restartedMs;
  const latestMs = Math.min(crash.endedMs, nextLifeMs ?? Infinity);
  const diedMs = answers.reduce(
    (last, { sentMs }) => (sentMs <= latestMs ? Math.max(last, sentMs) : last),
    crash.beganMs,
  );
  // A busy system can lose sight of an instance that lives; only what came after its last sign of life is its death.
  const detectedMs = losses.find((atMs) => atMs >= diedMs);
  const lastChange = changes.at(-1);
  const upMs = detectedMs !== undefined && lastChange?.status === 'up' ? lastChange.atMs : undefined;
  const firstAnswerMs = firstEnd(answers.filter(({ sentMs }) => sentMs > latestMs));
  const restarts = (after ?? before).restarts - before.restarts;
  const isReborn = after === undefined ? upMs !== undefined : restarts > 0 || after.startedAt !== before.startedAt;
  const unmissedMs = isDirect ? firstAnswerMs : (restartedMs ?? crash.endedMs);
  const seenBackMs = detectedMs === undefined ? unmissedMs : upMs;
  return {
    diedMs,
    deadMs: Math.min(latestMs, detectedMs ?? Infinity),
    detectedMs,
    restartedMs,
    restarts,
    isReborn,
    upMs,
    firstAnswerMs,
    backMs: isReborn ? seenBackMs : undefined,
  };
}

/** By the engine's clock, which is this machine's or close to it. */
function findRestart({ startedAt, crash, before, after }: Journal): number | undefined {
  if (after?.startedAt === undefined || after.startedAt === before.startedAt) return undefined;
  const restartedMs = Date.parse(after.startedAt) - Date.parse(startedAt);
  return restartedMs >= crash.beganMs ? restartedMs : undefined;
}

function firstEnd(answers: Journal['requests']): number | undefined {
  const firstMs = answers.reduce((first, { endedMs }) => Math.min(first, endedMs), Infinity);
  return firstMs === Infinity ? undefined : firstMs;
}
