import type { ProblemKind } from '../problems.ts';

/** An answer that says the service could not do its work; 501 says rather that it never will. */
export function isFailure(status: number): boolean {
  return status >= 500 && status !== 501;
}

const serviceFailures: ReadonlySet<ProblemKind> = new Set(['bad-gateway', 'gateway-timeout', 'unavailable']);

/** A refusal that says something of the service, and not of the request or the gateway. */
export function isServiceFailure(kind: ProblemKind): boolean {
  return serviceFailures.has(kind);
}

const unseen: ReadonlySet<ProblemKind> = new Set(['unavailable', 'circuit-open', 'overloaded']);

/** A refusal after which no instance can have seen the request. */
export function isUnseen(kind: ProblemKind): boolean {
  return unseen.has(kind);
}
