import { problemKinds } from '../problems.ts';
import type { ProblemKind } from '../problems.ts';

/** Codes of gRPC, as far as a gateway has use for them. */
const codes = {
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What the mapping of gRPC says of statuses, but for those of which the gateway knows more. */
const byStatus: ReadonlyMap<number, number> = new Map([
  [401, codes.unauthenticated],
  [403, codes.permissionDenied],
  [404, codes.unimplemented],
  [405, codes.unimplemented],
  [413, codes.resourceExhausted],
  [429, codes.resourceExhausted],
  [431, codes.resourceExhausted],
  [502, codes.unavailable],
  [503, codes.unavailable],
  [504, codes.deadlineExceeded],
]);

/** The code by which a client of gRPC learns of a problem. */
export function grpcStatusOf(kind: ProblemKind): number {
  return byStatus.get(problemKinds[kind].status) ?? codes.internal;
}

/** A text for `grpc-message`: everything but printable ASCII, and `%`, as escapes of its UTF-8. */
export function grpcMessage(text: string): string {
  const plain = /[ -$&-~]/;
  let message = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCodePoint(byte);
    message += plain.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return message;
}
