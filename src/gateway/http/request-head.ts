import { headers } from '../../protocol/headers.ts';

/** The header fields of a request, read in one pass: what the gateway acts on, and what goes on to the service. */
export class RequestHead {
  /** The end-to-end fields that go on, name and value in turn, as they were written. */
  fields: string[] = [];
  fieldCount = 0;
  hostCount = 0;
  host: string | undefined;
  connection = '';
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  via = '';
  /** Both as they came; they count only where whoever sent them is trusted. */
  forwardedFor = '';
  forwardedProto: string | undefined;
  requestId: string | undefined;
  traceparent: string | undefined;
  tracestate = '';
  idempotencyKey: string | undefined;
  maxForwards: string | undefined;
  upgrade: string | undefined;
  /** As it came; it counts on edges only. */
  timeout: string | undefined;
  grpcTimeout: string | undefined;
}

type Reader = (head: RequestHead, value: string) => void;

const drop: Reader = () => undefined;
const join = (known: string, value: string): string => (known === '' ? value : `${known}, ${value}`);

/**
 * Fields that do not simply go on. Dropped are those of the connection (RFC 9110, 7.6.1; `TE` too, because undici
 * cannot name it in `Connection`) and those a client could use to say what only a proxy may say.
 */
const readers = new Map<string, Reader>([
  ['host', (head, value) => ((head.hostCount += 1), (head.host = value))],
  ['connection', (head, value) => (head.connection = join(head.connection, value))],
  ['content-length', (head, value) => (head.contentLength = value)],
  ['transfer-encoding', (head, value) => (head.transferEncoding = join(head.transferEncoding ?? '', value))],
  ['via', (head, value) => (head.via = join(head.via, value))],
  ['x-forwarded-for', (head, value) => (head.forwardedFor = join(head.forwardedFor, value))],
  [
    'x-forwarded-proto',
    (head, value) => (head.forwardedProto = head.forwardedProto === undefined ? value : 'ambiguous'),
  ],
  ['x-request-id', (head, value) => (head.requestId = value)],
  // Two of them are none: which one is true cannot be known.
  ['traceparent', (head, value) => (head.traceparent = head.traceparent === undefined ? value : 'ambiguous')],
  ['tracestate', (head, value) => (head.tracestate = join(head.tracestate, value))],
  [headers.timeout, (head, value) => (head.timeout = value)],
  ['grpc-timeout', (head, value) => (head.grpcTimeout = value)],
  ['upgrade', (head, value) => (head.upgrade = value)],
  ['max-forwards', (head, value) => (head.maxForwards = value)],
  ['idempotency-key', (head, value) => ((head.idempotencyKey = value), head.fields.push('idempotency-key', value))],
  ...[
    'expect',
    'keep-alive',
    'proxy-connection',
    'proxy-authorization',
    'te',
    'trailer',
    'forwarded',
    'x-real-ip',
    'x-original-url',
    'x-rewrite-url',
    // What CGI programs would take for their own HTTP_PROXY.
    'proxy',
  ].map((name): [string, Reader] => [name, drop]),
]);

const reserved = /^x-(?:forwarded|msa)-/;

function readerOf(name: string): Reader | undefined {
  const reader = readers.get(name);
  if (reader) return reader;
  if (name.startsWith('x-') && reserved.test(name)) return drop;
  // WSGI, CGI and PHP cannot tell X_Forwarded_For from X-Forwarded-For.
  if (name.includes('_')) {
    const dashed = name.replaceAll('_', '-');
    if (readers.has(dashed) || reserved.test(dashed)) return drop;
  }
  return undefined;
}

export function readRequestHead(rawHeaders: readonly string[]): RequestHead {
  const head = new RequestHead();
  head.fieldCount = rawHeaders.length / 2;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const reader = readerOf(name.toLowerCase());
    if (reader) reader(head, value);
    else head.fields.push(name, value);
  }
  const nominated = nominatedFields(head.connection);
  if (!nominated) return head;
  head.fields = withoutFields(head.fields, nominated);
  // A service that does not get the key cannot keep its word.
  if (nominated.has('idempotency-key')) head.idempotencyKey = undefined;
  return head;
}

/** The fields that `Connection` says are not for the other side; undefined when there are none, as nearly always. */
export function nominatedFields(connection: string): ReadonlySet<string> | undefined {
  if (connection === '' || /^(?:keep-alive|close)$/i.test(connection)) return undefined;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  const others = names.filter((name) => name !== '' && name !== 'close' && name !== 'keep-alive');
  return others.length === 0 ? undefined : new Set(others);
}

export function withoutFields(fields: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (!names.has(name.toLowerCase())) kept.push(name, fields[index + 1] ?? '');
  }
  return kept;
}
