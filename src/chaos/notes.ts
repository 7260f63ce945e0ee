import type { Journal } from './journal.ts';
import type { Recovery } from './recovery.ts';

interface Facts {
  readonly instancesUp: number;
  readonly leftOut: readonly string[];
}

/** Both engines forget earlier crashes once an instance has run for so long, and restart it without delay. */
const calmMs = 10_000;

/** A request that left this much later than it was due waited here, not in the system. */
const lateMs = 100;
const tolerableLateShare = 0.05;

/** What a reader should know before believing the figures: sentences without a full stop. */
export function findNotes(journal: Journal, recovery: Recovery, { instancesUp, leftOut }: Facts): readonly string[] {
  const { service, victim, isDirect, crash, requests } = journal;
  const { detectedMs, firstAnswerMs, backMs } = recovery;
  const late = requests.filter(({ intendedMs, sentMs }) => sentMs - intendedMs > lateMs).length;
  const ageMs = findAge(journal, crash.beganMs);
  const notes: readonly (readonly [boolean, string])[] = [
    [instancesUp === 1, `${victim} was the only instance of ${service}: nobody could answer in its place`],
    [!isDirect, `${service} was reached through another service: whether a request got to ${victim} cannot be seen`],
    [leftOut.length > 0, `not used: ${leftOut.join('; ')}`],
    [
      ageMs !== undefined && ageMs < calmMs,
      `${victim} had run for ${((ageMs ?? 0) / 1000).toFixed(1)} s only: an engine waits longer before it restarts what keeps dying`,
    ],
    [backMs !== undefined && detectedMs === undefined, 'it was back before the registry missed it'],
    [
      late > requests.length * tolerableLateShare,
      `${late} requests left more than ${lateMs} ms late: this machine is busy, and latencies count that too`,
    ],
    [isDirect && backMs !== undefined && firstAnswerMs === undefined, `${victim} has answered no request since`],
  ];
  return notes.flatMap(([applies, note]) => (applies ? [note] : []));
}

/** How long the victim had lived when it was killed. */
function findAge({ startedAt, before }: Journal, beganMs: number): number | undefined {
  if (before.startedAt === undefined) return undefined;
  return Date.parse(startedAt) + beganMs - Date.parse(before.startedAt);
}
