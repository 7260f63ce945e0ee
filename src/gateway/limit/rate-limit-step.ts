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

/** Lets in whom all limits let in, and tells each client how it stands. Waits only where Redis has to be asked. */
export function createRateLimitStep(bounds: readonly Bound[], onRefused: () => void): RequestStep {
  const policy = policyField(bounds.map(({ limiter }) => limiter.rule));

  function finish(incoming: Incoming, counted: readonly CountedBy[], verdict: Verdict): Outcome {
    const last = counted.at(-1);
    const nowUs = last?.limiter.now() ?? 0;
    incoming.addReplyFields('ratelimit-policy', policy, 'ratelimit', stateField(counted, nowUs));
    if (verdict === 'admitted' || !last) return undefined;
    // Those before have let in what now goes no further.
    for (const { limiter, entry } of counted) if (entry !== last.entry) limiter.giveBack(entry);
    onRefused();
    return verdict === 'refused' ? tooMany(last, nowUs) : unknown(last);
  }

  async function goOn(incoming: Incoming, counted: CountedBy[], waiting: Promise<Verdict>): Promise<Outcome> {
    const verdict = await waiting;
    return verdict === 'admitted' ? takeNext(incoming, counted) : finish(incoming, counted, verdict);
  }

  function takeNext(incoming: Incoming, counted: CountedBy[]): Outcome | Promise<Outcome> {
    for (let index = counted.length; index < bounds.length; index += 1) {
      const bound = bounds[index];
      if (!bound) break;
      const { limiter, keyOf } = bound;
      const entry = limiter.entry(keyOf(incoming));
      counted.push({ limiter, rule: limiter.rule, entry });
      const verdict = limiter.take(entry);
      if (typeof verdict !== 'string') return goOn(incoming, counted, verdict);
      if (verdict !== 'admitted') return finish(incoming, counted, verdict);
    }
    return finish(incoming, counted, 'admitted');
  }

  return (incoming) => takeNext(incoming, []);
}

function tooMany({ rule, entry }: Counted, nowUs: number): Refusal {
  const { name, limit, windowUs } = rule;
  const detail = `The limit "${name}" is ${limit} in ${windowUs / 1e6} s.`;
  return refuse('too-many-requests', detail, ['retry-after', String(entry.retrySeconds(nowUs))]);
}

function unknown({ rule }: Counted): Refusal {
  return refuse('limits-unavailable', `The limit "${rule.name}" cannot be counted at this moment.`);
}
