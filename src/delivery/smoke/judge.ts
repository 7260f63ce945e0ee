import type { AnswerRules } from './rules.ts';

/** `guarded`: who may not come in was kept out, so nothing is known of what is behind. */
export type SmokeOutcome = 'passed' | 'guarded' | 'untried' | 'failed';

export interface Judgement {
  readonly outcome: SmokeOutcome;
  /** What was seen, in a few words. */
  readonly reason: string;
}

/** What an answer says of itself. */
export interface SeenAnswer {
  readonly status: number;
  /** The instance that gave it, and its service as the registry knows it. */
  readonly instance: string | undefined;
  readonly service: string | undefined;
  /** Why the gateway answered instead of a service, in its word for it. */
  readonly refusal: string | undefined;
  /** What it is where it is not the service's own: `stale`, `service` or `answer`. */
  readonly fallback: string | undefined;
  /** The parts that an answer made of several lacks. */
  readonly lacking: readonly string[];
}

/** Unauthenticated, forbidden, too often. */
const keptOut: ReadonlySet<number> = new Set([401, 403, 429]);

/** Whether an answer shows that what stands behind the address works. */
export function judgeAnswer(answer: SeenAnswer, rules: AnswerRules): Judgement {
  const { status, instance, refusal } = answer;
  const seen = `${status} by ${instance ?? 'the gateway'}`;
  if (refusal !== undefined) {
    const guard = rules.guards.get(refusal) ?? (isPartKeptOut(answer) ? 'a part of it lets nobody in' : undefined);
    return guard === undefined
      ? { outcome: 'failed', reason: `${seen}: ${refusal}` }
      : { outcome: 'guarded', reason: `${seen}: ${guard}` };
  }
  const fault = findFault(answer, rules);
  if (fault !== undefined) return { outcome: 'failed', reason: `${seen}${fault}` };
  if (instance !== undefined && keptOut.has(status)) return { outcome: 'guarded', reason: seen };
  if (instance !== undefined && status === 426)
    return { outcome: 'untried', reason: `${seen}: it speaks another protocol, such as WebSocket` };
  return { outcome: 'passed', reason: seen };
}

function isPartKeptOut({ refusal, status }: SeenAnswer): boolean {
  return refusal === 'part-failed' && keptOut.has(status);
}

function findFault(answer: SeenAnswer, { services, ownAnswer, mayLack, declared }: AnswerRules): string | undefined {
  const { status, instance, service, fallback } = answer;
  if (fallback !== undefined) return `: not its own answer, but a fallback (${fallback})`;
  const lacking = answer.lacking.filter((part) => !mayLack.has(part));
  if (lacking.length > 0) return `: without its parts ${lacking.join(', ')}`;
  if (instance === undefined && !ownAnswer) return ': not from the service';
  if (services.length > 0 && service !== undefined && !services.includes(service))
    return `: not from ${services.join(' or ')}`;
  return status >= 500 && status !== declared ? '' : undefined;
}

/** The same for an address that another answer offers: nothing being there is a fault as well. */
export function judgeLink(answer: SeenAnswer, rules: AnswerRules): Judgement {
  const judgement = judgeAnswer(answer, rules);
  const isDead = answer.status === 404 || answer.status === 410;
  if (judgement.outcome !== 'passed' || !isDead) return judgement;
  return { outcome: 'failed', reason: `${judgement.reason}: the link leads nowhere` };
}
