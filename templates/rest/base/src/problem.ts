/** Every kind of refusal this service knows; /problems/{kind} shows the text. Add your own for your rules. */
export const problemKinds = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    about: 'The request is malformed or incomplete; `errors` says where.',
  },
  'not-found': { status: 404, title: 'Not found', about: 'There is nothing at this address.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    about: 'The address exists; the `Allow` header says with which methods.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    about: 'None of the media types in `Accept` is available; `available` lists those that are.',
  },
  'request-timeout': { status: 408, title: 'Request timeout', about: 'The request did not arrive completely in time.' },
  'illegal-transition': {
    status: 409,
    title: 'Not possible in this state',
    about: 'The item is in `currentState`; what is possible there is in `allowed` and `links`.',
  },
  'still-running': {
    status: 409,
    title: 'Still running',
    about: 'A request with this Idempotency-Key is running; send the same again a little later.',
  },
  'changed-meanwhile': {
    status: 409,
    title: 'Changed meanwhile',
    about: 'Others kept changing the item; send the same request again.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Changed since you read it',
    about: 'The item no longer has the ETag in `If-Match`; read it again and decide anew.',
  },
  'too-large': { status: 413, title: 'Too large', about: 'The body is larger than this service takes.' },
  'uri-too-long': { status: 414, title: 'Address too long', about: 'The address is longer than this service takes.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    about: 'Bodies must be `application/json`.',
  },
  refused: {
    status: 422,
    title: 'Refused by a rule',
    about: 'The request is well formed, but a business rule does not allow it; `detail` says which.',
  },
  'key-reused': {
    status: 422,
    title: 'Idempotency-Key used before',
    about: 'The key belongs to another request; choose a new one for each new request.',
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match required',
    about: "Send the ETag you last saw as `If-Match`, so that nobody else's change is lost.",
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    about: 'The request headers are larger than this service takes.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    about: 'Something went wrong here; `traceId` finds it in the logs.',
  },
  'bad-gateway': {
    status: 502,
    title: 'A called service failed',
    about: 'A service this one depends on refused or cannot be reached.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    about: 'The service cannot do its work at the moment; try again later.',
  },
  'gateway-timeout': {
    status: 504,
    title: 'A called service is too slow',
    about: 'A service this one depends on did not answer in time.',
  },
} as const;

export type ProblemKind = keyof typeof problemKinds;

export interface ProblemOptions {
  /** Further members of the problem document. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal on its way to the client, as an RFC 9457 document. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, { members = {}, headers = {}, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.name = 'Problem';
    this.kind = kind;
    this.members = members;
    this.headers = headers;
  }
}

/** Makes a problem to throw: `throw problem('refused', 'The card was declined.')`. */
export function problem(kind: ProblemKind, detail: string, options?: ProblemOptions): Problem {
  return new Problem(kind, detail, options);
}

/** The document a client gets; `base` makes the type an address that can be opened. */
export function problemDocument(
  refusal: Problem,
  at: { base: string; instance: string; traceId: string },
): Record<string, unknown> {
  const { status, title } = problemKinds[refusal.kind];
  return {
    type: `${at.base}/problems/${refusal.kind}`,
    title,
    status,
    detail: refusal.message,
    instance: at.instance,
    traceId: at.traceId,
    ...refusal.members,
  };
}
