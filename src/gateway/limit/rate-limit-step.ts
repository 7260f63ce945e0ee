import type { Outcome, RequestStep } from '../pipeline/outcome.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { Verdict } from './limit-entry.ts';
import type { KeyReader } from './limit-key.ts';
import type { Limiter } from './limiter.ts';
import { policyField, stateField } from './rate-limit-fields.ts';
import type { Counted } from './rate-limit-fields.ts';

export interface Bound {
  readonly limiter: Limiter;
  readonly keyOf: KeyReader;
}

interface CountedBy extends Counted {
  readonly limiter: Limiter;
}

/** A request, and all that it is counted by. */
interface Counting {
  readonly incoming: Incoming;
  readonly counted: readonly CountedBy[];
}

/** Lets in whom all limits let in, and tells each client how it stands. Waits only where Redis has to be asked. */
export function createRateLimitStep(bounds: readonly Bound[], onRefused: () => void): RequestStep {
  const policy = policyField(bounds.map(({ limiter }) => limiter.rule));

  function tell({ incoming, counted }: Counting): number {
    const nowUs = counted[0]?.limiter.now() ?? 0;
    incoming.addReplyFields('ratelimit-policy', policy, 'ratelimit', stateField(counted, nowUs));
    return nowUs;
  }

  function refuseBy({ rule, entry }: CountedBy, counting: Counting, verdict: Verdict): Refusal {
    const nowUs = tell(counting);
    onRefused();
    return verdict === 'refused' ? tooMany({ rule, entry }, nowUs) : unknown({ rule, entry });
  }

  async function goOn(counting: Counting, from: number, waiting: Promise<Verdict>): Promise<Outcome> {
    const outcome = judge(counting, from, await waiting);
    return outcome ?? takeNext(counting, from + 1);
  }

  function judge(counting: Counting, at: number, verdict: Verdict): Refusal | undefined {
    const { counted } = counting;
    const judging = counted[at];
    if (verdict === 'admitted' || !judging) return undefined;
    // Those before have let in what now goes no further.
    for (const { limiter, entry } of counted.slice(0, at)) limiter.giveBack(entry);
    return refuseBy(judging, counting, verdict);
  }

  function takeNext(counting: Counting, from: number): Outcome | Promise<Outcome> {
    const { counted } = counting;
    for (let at = from; at < counted.length; at += 1) {
      const next = counted[at];
      if (!next) break;
      const verdict = next.limiter.take(next.entry);
      if (typeof verdict !== 'string') return goOn(counting, at, verdict);
      const refusal = judge(counting, at, verdict);
      if (refusal) return refusal;
    }
    tell(counting);
    return undefined;
  }

  return (incoming) => {
    const counted = bounds.map(({ limiter, keyOf }) => {
      return { limiter, rule: limiter.rule, entry: limiter.entry(keyOf(incoming)) };
    });
    const counting = { incoming, counted };
    // Whoever is known to be refused by one is counted by none.
    const refusing = bounds.length > 1 ? counted.find(({ limiter, entry }) => limiter.isRefusing(entry)) : undefined;
    return refusing ? refuseBy(refusing, counting, 'refused') : takeNext(counting, 0);
  };
}

function tooMany({ rule, entry }: Counted, nowUs: number): Refusal {
  const { name, limit, windowUs } = rule;
  const detail = `The limit "${name}" is ${limit} in ${windowUs / 1e6} s.`;
  return refuse('too-many-requests', detail, ['retry-after', String(entry.retrySeconds(nowUs))]);
}

function unknown({ rule }: Counted): Refusal {
  return refuse('limits-unavailable', `The limit "${rule.name}" cannot be counted at this moment.`);
}
