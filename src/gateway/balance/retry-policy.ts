import type { FailureKind } from './endpoint.ts';

/** RFC 9110, 9.2.2, without TRACE, which is not passed on. */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * Whether sending it twice has the effect of sending it once. An Idempotency-Key is the client's word for that:
 * services made by msa commit it together with the effect (docs/decisions/0005), and a client that sends one means to
 * repeat the request itself.
 */
export function isIdempotent(method: string, idempotencyKey: string | undefined): boolean {
  return idempotentMethods.has(method) || (method === 'POST' && (idempotencyKey ?? '') !== '');
}

export interface FailedTry {
  /** `timeout` and `status`: nothing broke, but it took too long or answered that it cannot. */
  readonly kind: FailureKind | 'malformed' | 'timeout' | 'status';
  readonly idempotent: boolean;
  /** The whole body is at hand, or nothing of it has been sent. */
  readonly replayable: boolean;
  /** Something of the answer has gone to the client. */
  readonly answered: boolean;
  /** How often the request has been sent again already. */
  readonly resent: number;
  readonly retryAttempts: number;
}

/**
 * What may follow a failed try: `free` when the instance provably never saw the request, so that any method may go to
 * another one; `budgeted` when the request can be repeated but may have been processed (RFC 9110, 9.2.2).
 */
export function decideRetry(failure: FailedTry): 'no' | 'free' | 'budgeted' {
  if (failure.answered || !failure.replayable || failure.kind === 'malformed') return 'no';
  if (failure.kind === 'connect') return 'free';
  return failure.idempotent && failure.resent < failure.retryAttempts ? 'budgeted' : 'no';
}

/**
 * How long to wait before a request goes to an instance that has just failed it; to another one it goes at once. The
 * first is the given time, later ones double; each is up to a half shorter or longer, so that many do not come at once.
 */
export function retryDelayMs(resent: number, backoffMs: number, random: () => number): number {
  return Math.round(backoffMs * 2 ** Math.min(Math.max(resent - 1, 0), 5) * (0.5 + random()));
}
