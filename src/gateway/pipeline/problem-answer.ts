import { headers } from '../../protocol/headers.ts';
import { problemKinds, renderProblem } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import { baseOf } from '../proxy/incoming.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { WholeAnswer } from './outcome.ts';

/** A refusal as an answer, for what takes the place of a service's answer; `status` where it is not the kind's own. */
export function problemAnswer(incoming: Incoming, refusal: Refusal, status?: number): WholeAnswer {
  const { path, requestId, trace } = incoming;
  const own = problemKinds[refusal.kind].status;
  const members = { ...(status === undefined ? {} : { status }), ...refusal.members };
  const context = { base: baseOf(incoming), instance: path, requestId, traceId: trace.traceId };
  return {
    status: status ?? own,
    fields: [
      'content-type',
      'application/problem+json',
      headers.gatewayError,
      refusal.kind,
      'cache-control',
      'no-store',
      ...(refusal.fields ?? []),
    ],
    body: Buffer.from(renderProblem({ ...refusal, members }, context)),
  };
}
