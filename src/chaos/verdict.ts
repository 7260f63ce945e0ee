import type { Journal } from './journal.ts';
import type { Recovery } from './recovery.ts';

/** `held`: the system bore it. `refuted`: it did not. `inconclusive`: the run proves neither. */
export type Verdict = 'held' | 'refuted' | 'inconclusive';

export interface Judgement {
  readonly verdict: Verdict;
  /** Sentences without a full stop, at least one. */
  readonly reasons: readonly string[];
}

/** Of all requests; when more than this could not even be sent, the load was not the one that was asked for. */
const tolerableUnsentShare = 0.05;

/** The hypothesis: no request fails, and the instance comes back by itself within the time. */
export function judge(journal: Journal, recovery: Recovery, timeoutMs: number): Judgement {
  const unusable = findUnusable(journal, recovery);
  if (unusable !== undefined) return { verdict: 'inconclusive', reasons: [unusable] };
  const broken = findBroken(journal, recovery, timeoutMs);
  if (broken.length > 0) return { verdict: 'refuted', reasons: broken };
  const unproven = findUnproven(journal, recovery);
  if (unproven !== undefined) return { verdict: 'inconclusive', reasons: [unproven] };
  return { verdict: 'held', reasons: [`no request failed, and ${journal.victim} came back by itself`] };
}

/** What makes every other observation worthless. */
function findUnusable({ requests, crash, victim }: Journal, recovery: Recovery): string | undefined {
  if (requests.length === 0) return 'no request was sent';
  const early = requests.filter(({ endedMs, failure }) => failure !== undefined && endedMs < crash.beganMs).length;
  if (early > 0) return `${count(early, 'request')} failed before anything was killed`;
  const { isReborn, detectedMs, upMs } = recovery;
  if (!isReborn && (detectedMs === undefined || upMs !== undefined))
    return `nothing shows that ${victim} died: the engine has not started it again, and it is up`;
  return undefined;
}

function findBroken({ requests, victim }: Journal, { backMs, diedMs }: Recovery, timeoutMs: number): string[] {
  const failed = requests.filter(({ failure }) => failure !== undefined).length;
  const isBack = backMs !== undefined && backMs - diedMs <= timeoutMs;
  return [
    ...(failed === 0 ? [] : [`${count(failed, 'request')} of ${requests.length} failed`]),
    ...(isBack ? [] : [`${victim} was not back within ${timeoutMs / 1000} s`]),
  ];
}

/** Why a run without a failure still proves nothing. */
function findUnproven(journal: Journal, { diedMs, backMs }: Recovery): string | undefined {
  const { requests, unsent, crash, victim, isDirect } = journal;
  const hits = requests.filter(({ instance, endedMs }) => instance === victim && endedMs < crash.beganMs);
  if (isDirect && hits.length === 0) return `${victim} answered no request before it was killed`;
  const tests = requests.filter(({ sentMs, endedMs }) => endedMs > diedMs && sentMs < (backMs ?? Infinity));
  if (tests.length === 0) return `no request was under way while ${victim} was away`;
  if (unsent > (requests.length + unsent) * tolerableUnsentShare)
    return `the load could not be kept up: ${count(unsent, 'request')} never left`;
  return undefined;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
