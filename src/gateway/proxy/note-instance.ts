import type { EjectionKind, FailureKind } from '../balance/endpoint.ts';
import type { GatewayEndpoint } from '../state/service-instances.ts';
import { isFailure } from '../resilience/is-failure.ts';
import type { Attempt } from './attempt.ts';
import type { CallParts, CallRequest, CallRules } from './call-types.ts';

/** For whom an instance was asked. */
interface Asking {
  readonly request: CallRequest;
  readonly rules: CallRules;
  readonly parts: CallParts;
}

/** Takes that an instance has answered: usually all is well with it. */
export function noteAnswer(endpoint: GatewayEndpoint, status: number, { request, rules, parts }: Asking): void {
  const { ejectAfter } = rules.resilience.balancer;
  if (status < 500 || ejectAfter === Infinity) return endpoint.succeed();
  if (request.service.noteError(endpoint, ejectAfter)) sayEjected(endpoint, 'errors', parts);
}

/** Takes how long it took until an answer began, where that is asked for. What fails often fails fast. */
export function notePace({ endpoint, launchedAt }: Attempt, status: number): void {
  if (launchedAt === undefined || isFailure(status)) return;
  const now = performance.now();
  endpoint.pace.note(now - launchedAt, now);
}

/** Takes that an instance took no connection, or broke off: it is out until it is back. */
export function noteFailure(endpoint: GatewayEndpoint, kind: FailureKind, { request, rules, parts }: Asking): void {
  rules.stats.incidents[kind === 'connect' ? 'connect_failure' : 'reset'] += 1;
  if (request.service.eject(endpoint, kind)) sayEjected(endpoint, kind, parts);
}

function sayEjected({ id }: GatewayEndpoint, kind: EjectionKind, { log }: CallParts): void {
  log.say('warn', 'instance ejected', { instance: id, kind });
}
