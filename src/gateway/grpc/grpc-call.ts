import { fieldOf } from '../http/fields.ts';
import type { ReplyHead } from '../pipeline/reply-stage.ts';
import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { readGrpcTimeoutMs } from '../resilience/deadline.ts';
import { grpcMessage, grpcStatusOf } from './grpc-status.ts';

const longestMs = 2 ** 31 - 1;

/** Calls back when the time is over that the client gives the whole call; undefined when it gives none. */
export function watchGrpcDeadline({ request }: Incoming, expire: () => void): NodeJS.Timeout | undefined {
  const timeoutMs = readGrpcTimeoutMs(fieldOf(request.rawHeaders, 'grpc-timeout') ?? '');
  if (timeoutMs === undefined || timeoutMs > longestMs) return undefined;
  return setTimeout(expire, timeoutMs);
}

/** How a problem is told to a client of gRPC: status and message, name and value in turn. */
export function grpcTrailers({ kind, detail }: Refusal): string[] {
  return ['grpc-status', String(grpcStatusOf(kind)), 'grpc-message', grpcMessage(detail)];
}

/** An answer whose head has the status consists of it alone, and has to be passed on so: head and end at once. */
export function expectNoMessages(head: ReplyHead): void {
  if (fieldOf(head.fields, 'grpc-status') === undefined) return;
  head.hold = true;
  head.length = 0;
}
