import type { TargetFacts } from '../pipeline/feature.ts';
import type { ReplyHead } from '../pipeline/reply-stage.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { ContextFacts, RequestFacts, ResponseFacts } from './messages.ts';

type Notes = ContextFacts['notes'];

/** What every stage of a filter is told of a request. */
export function contextFacts(incoming: Incoming, { name, service }: TargetFacts, notes: Notes): ContextFacts {
  const { requestId, trace, method, path, client, identity } = incoming;
  return {
    requestId,
    traceId: trace.traceId,
    method,
    path,
    route: name || '/',
    service: service.name,
    client: client.address,
    identity,
    now: Date.now(),
    notes,
  };
}

/** The request as it would go on now: after the filters before, with the host by which the client knows us. */
export function requestFacts(incoming: Incoming, services: readonly string[]): RequestFacts {
  const { head, authority, onwardPath, onwardQuery } = incoming;
  const host = authority === undefined ? [] : ['host', authority];
  return { path: onwardPath, query: onwardQuery.slice(1), fields: [...host, ...head.fields], services };
}

/** An answer as it would go to the client now. */
export function responseFacts({ status, fields }: Pick<ReplyHead, 'status' | 'fields'>, body: ResponseFacts['body']) {
  return { status, fields, body };
}
