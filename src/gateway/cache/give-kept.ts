import type { WholeAnswer } from '../pipeline/outcome.ts';
import type { CacheRequest } from './cache-request.ts';
import { renderCacheStatus } from './cache-status.ts';
import type { CacheOutcome } from './cache-status.ts';
import { clientHas, fieldsOf304 } from './conditions.ts';
import { secondsToLive } from './decide-use.ts';
import { ageMs } from './freshness.ts';
import type { KeptAnswer } from './kept-answer.ts';

const nothing = Buffer.alloc(0);

/** A kept answer as it is given: with its age, and as a 304 when the client has it already. */
export function giveKept(kept: KeptAnswer, { condition, keeping }: CacheRequest, outcome: CacheOutcome): WholeAnswer {
  const now = Date.now();
  const age = String(Math.floor(ageMs(kept.facts, kept, now) / 1000));
  const status = renderCacheStatus({ ...outcome, ttl: secondsToLive(kept, keeping, now) });
  const own = ['age', age, 'cache-status', status];
  if (condition && clientHas(condition, kept)) {
    return { status: 304, fields: [...fieldsOf304(kept.fields), ...own], body: nothing };
  }
  return { status: kept.status, fields: [...withoutAge(kept.fields), ...own], body: kept.body };
}

function withoutAge(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (name.length !== 3 || name.toLowerCase() !== 'age') kept.push(name, fields[index + 1] ?? '');
  }
  return kept;
}
