/** Every kind of answer the gateway gives in a service's place; /problems/{kind} shows the text. */
export const problemKinds = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    about: 'The request breaks the rules of HTTP, or could be read in two ways; `detail` says where.',
  },
  'authentication-required': {
    status: 401,
    title: 'Authentication required',
    about: 'The address asks for a token or an API key; the `WWW-Authenticate` header says which.',
  },
  'invalid-token': {
    status: 401,
    title: 'Invalid token',
    about: 'The token or API key that came with the request is not accepted; `detail` says why. Get a new one.',
  },
  'not-permitted': {
    status: 403,
    title: 'Not permitted',
    about: 'Whoever sent the request is known, but lacks the scopes or roles this address asks for.',
  },
  'address-not-allowed': {
    status: 403,
    title: 'Address not allowed',
    about: 'An access list does not let requests in from where this one came.',
  },
  'call-not-allowed': {
    status: 403,
    title: 'Call not allowed',
    about: 'The service may call the other one, but not with this method and path; its `calls` say with which.',
  },
  'caller-not-allowed': {
    status: 403,
    title: 'Caller not allowed',
    about: 'This address is for one service only, the one that declares the call in its `calls`.',
  },
  'not-found': { status: 404, title: 'Not found', about: 'No service has a route to this address.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    about: 'The address exists; the `Allow` header says with which methods.',
  },
  'request-timeout': { status: 408, title: 'Request timeout', about: 'The request did not arrive completely in time.' },
  'too-large': { status: 413, title: 'Too large', about: 'The body is larger than the gateway takes.' },
  'uri-too-long': { status: 414, title: 'Address too long', about: 'The address is longer than the gateway takes.' },
  'unsupported-type': {
    status: 415,
    title: 'Unsupported content type',
    about: 'The body is not of a type, or not in a coding, that can be taken here; `detail` says which.',
  },
  'invalid-message': {
    status: 400,
    title: 'Request breaks the contract',
    about: 'The request is not what the contract of the service allows; `errors` says where, with JSON pointers.',
  },
  'invalid-answer': {
    status: 502,
    title: 'Answer breaks the contract',
    about: 'The answer of the service is not what its contract says; `errors` says where. The request had its effect.',
  },
  'part-failed': {
    status: 502,
    title: 'Part of the answer failed',
    about: 'The answer is made of several, and one without which there is none could not be had; `part` says which.',
  },
  'expectation-failed': {
    status: 417,
    title: 'Expectation failed',
    about: 'The only expectation the gateway can meet is `100-continue`.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    about:
      'A limit of this address is used up. `Retry-After` says when to come again, `RateLimit` how each limit stands.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    about: 'The header fields are larger, or more, than the gateway takes.',
  },
  misconfigured: {
    status: 500,
    title: 'Route misconfigured',
    about: 'The rules of this route cannot be applied, so that nothing passes; the log of the gateway says why.',
  },
  'filter-refused': {
    status: 403,
    title: 'Refused',
    about: 'A filter of the route refused the request; `detail` says why.',
  },
  'filter-failed': {
    status: 500,
    title: 'A filter failed',
    about: 'A filter of the route failed, was too slow or does not run; the log of the gateway says more.',
  },
  'keys-unavailable': {
    status: 503,
    title: 'Token not checked',
    about: 'The token could be neither accepted nor rejected, for example because its issuer is down; try again later.',
  },
  internal: { status: 500, title: 'Internal error', about: 'Something went wrong in the gateway; its log says more.' },
  'bad-gateway': {
    status: 502,
    title: 'The service broke off',
    about: 'An instance took the request and then broke off or answered nonsense. The request may have had its effect.',
  },
  unavailable: {
    status: 503,
    title: 'No instance available',
    about: 'No instance of the service took the request, so it had no effect; try again later.',
  },
  'circuit-open': {
    status: 503,
    title: 'Circuit open',
    about:
      'Too many requests to the service have failed or were slow lately, so for a moment none is sent. The request had ' +
      'no effect; `Retry-After` says when to try again.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    about: 'As many requests as the route allows are under way, so this one was not sent; try again later.',
  },
  'not-cached': {
    status: 504,
    title: 'Not cached',
    about: 'The request wants an answer only if one is kept (`only-if-cached`), and none is.',
  },
  'limits-unavailable': {
    status: 503,
    title: 'Limits cannot be counted',
    about: 'This address is open only while requests can be counted together with the other gateways; try again later.',
  },
  'gateway-timeout': {
    status: 504,
    title: 'The service is too slow',
    about: 'The service did not answer within the time its route allows. The request may have had its effect.',
  },
  'version-not-supported': {
    status: 505,
    title: 'HTTP version not supported',
    about: 'The gateway speaks HTTP/2, HTTP/1.1 and HTTP/1.0.',
  },
  'loop-detected': {
    status: 508,
    title: 'Loop detected',
    about: 'The request came back to the gateway by the way it had already taken.',
  },
} as const;

export type ProblemKind = keyof typeof problemKinds;

/** A reason to answer instead of a service. */
export interface Refusal {
  readonly kind: ProblemKind;
  readonly detail: string;
  /** Where it is not the one of the kind. */
  readonly status?: number;
  /** Further header fields of the answer, as name and value in turn. */
  readonly fields?: readonly string[];
  /** Further members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export function refuse(kind: ProblemKind, detail: string, fields: readonly string[] = []): Refusal {
  return { kind, detail, fields };
}

interface ProblemContext {
  /** What addresses in the document begin with. */
  readonly base: string;
  /** The path that was asked for. */
  readonly instance: string;
  readonly requestId?: string;
  readonly traceId?: string;
}

/** A problem document, as RFC 9457 defines it. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly [member: string]: unknown;
}

/** The document of a refusal. */
export function describeProblem(refusal: Refusal, context: ProblemContext): ProblemDocument {
  const { kind, detail, members } = refusal;
  const { title, status } = problemKinds[kind];
  const { base, ...rest } = context;
  return { type: `${base}/problems/${kind}`, title, status: refusal.status ?? status, detail, ...rest, ...members };
}

/** The same as text. */
export function renderProblem(refusal: Refusal, context: ProblemContext): string {
  return JSON.stringify(describeProblem(refusal, context));
}
