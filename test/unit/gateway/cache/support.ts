import { parseCacheControl } from '../../../../src/gateway/cache/cache-control.ts';
import { decideKeeping } from '../../../../src/gateway/cache/decide-keeping.ts';
import { decideUse, servesErrors } from '../../../../src/gateway/cache/decide-use.ts';
import { keptAnswer } from '../../../../src/gateway/cache/kept-answer.ts';
import type { CachePolicy } from '../../../../src/protocol/policies/cache.ts';

/** Noon of some day; answers come 10 ms after they were asked for. */
export const noon = Date.UTC(2026, 0, 5, 12, 0, 0);
export const at = (seconds: number): string => new Date(noon + seconds * 1000).toUTCString();

const plainPolicy: CachePolicy = {
  ttlMs: 0,
  vary: [],
  maxBytes: 1024,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  private: false,
};

export interface Case {
  readonly method?: string;
  readonly status?: number;
  /** Of the answer; there is a `Date` of noon unless one is given. */
  readonly fields?: Readonly<Record<string, string>>;
  /** `Cache-Control` of the request the answer came to. */
  readonly asked?: string;
  readonly authenticated?: boolean;
  readonly policy?: Partial<CachePolicy>;
  /** For one caller alone. */
  readonly alone?: boolean;
  /** `Cache-Control` of the request that comes later, and how many seconds later. */
  readonly later?: string;
  readonly after?: number;
  readonly fallbackMs?: number;
}

function prepare({ status = 200, fields = {}, policy = {}, alone = false }: Case) {
  const withDate = 'date' in fields ? fields : { date: at(0), ...fields };
  const answer = keptAnswer({
    status,
    fields: Object.entries(withDate).flat(),
    body: Buffer.from('hello'),
    requestedAt: noon - 10,
    receivedAt: noon,
  });
  return { answer, keeping: { policy: { ...plainPolicy, ...policy }, shared: !alone } };
}

/** What becomes of an answer: why it is not kept, or how it serves the next request. */
export function outcome(example: Case): string {
  const { answer, keeping } = prepare(example);
  const { method = 'GET', asked, authenticated = false, fallbackMs = 0, later, after = 5 } = example;
  const request = { method, directives: parseCacheControl(asked), authenticated };
  const verdict = decideKeeping(request, { ...answer, fallbackMs }, keeping);
  if (!verdict.keep) return `not kept: ${verdict.why}`;
  if (after * 1000 >= verdict.forMs) return 'forgotten';
  return decideUse(answer, parseCacheControl(later), { ...keeping, now: noon + after * 1000 });
}

/** Whether it may be given in place of a failure. */
export function isGivenForErrors(example: Case): boolean {
  const { answer, keeping } = prepare(example);
  const { fallbackMs = 0, after = 5 } = example;
  return servesErrors(answer, { ...keeping, fallbackMs, now: noon + after * 1000 });
}
