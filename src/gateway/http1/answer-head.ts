/** What an instance sent is no answer of HTTP/1. */
export class MalformedAnswer extends Error {
  readonly code = 'HPE_INVALID_ANSWER';
}

/** The head of an answer, and what it says of the bytes after it. */
export class AnswerHead {
  readonly status: number;
  /** Name and value in turn, as they were written. */
  readonly fields: readonly string[];
  /** The connection ends with this answer. */
  isLast: boolean;
  /** How long the instance says it keeps the connection afterwards. */
  keptForMs = Infinity;
  length: number | undefined;
  isChunked = false;

  constructor(status: number, fields: readonly string[], isLast: boolean) {
    this.status = status;
    this.fields = fields;
    this.isLast = isLast;
  }
}

const field = String.raw`[!#$%&'*+\-.^_\`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*`;
const headGrammar = new RegExp(String.raw`^HTTP/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n${field})*$`);
const trailersGrammar = new RegExp(String.raw`^${field}(?:\r\n${field})*$`);

type Reader = (head: AnswerHead, value: string) => void;

const readers = new Map<string, Reader>([
  ['connection', (head, value) => (head.isLast ||= /\bclose\b/i.test(value))],
  ['keep-alive', (head, value) => (head.keptForMs = Number(/timeout=(\d+)/i.exec(value)?.[1] ?? Infinity) * 1000)],
  ['content-length', readLength],
  ['transfer-encoding', readCoding],
]);

/** Reads a head without the two line ends after it (RFC 9112, 4 to 6). Throws when it is not exactly as it has to be. */
export function readAnswerHead(text: string): AnswerHead {
  if (!headGrammar.test(text)) throw new MalformedAnswer('its head is none of HTTP/1');
  const fieldsAt = text.indexOf('\r\n');
  const fields = fieldsAt < 0 ? [] : readFields(text, fieldsAt + 2);
  const head = new AnswerHead(Number(text.slice(9, 12)), fields, text.startsWith('HTTP/1.0'));
  for (let index = 0; index < fields.length; index += 2) {
    readers.get((fields[index] ?? '').toLowerCase())?.(head, fields[index + 1] ?? '');
  }
  if (head.isChunked && head.length !== undefined) throw new MalformedAnswer('it has two lengths');
  return head;
}

/** Reads what comes after the last chunk, likewise. */
export function readTrailerFields(text: string): string[] {
  if (!trailersGrammar.test(text)) throw new MalformedAnswer('its trailers are none');
  return readFields(text, 0);
}

/** Takes lines apart that are known to be fields. */
function readFields(text: string, from: number): string[] {
  const fields: string[] = [];
  for (let begin = from; begin >= from;) {
    const colon = text.indexOf(':', begin);
    const lineEnd = text.indexOf('\r\n', colon);
    const end = lineEnd < 0 ? text.length : lineEnd;
    fields.push(text.slice(begin, colon), text.slice(colon + 1, end).trim());
    if (lineEnd < 0) break;
    begin = lineEnd + 2;
  }
  return fields;
}

function readLength(head: AnswerHead, value: string): void {
  if (head.length !== undefined || !/^\d{1,15}$/.test(value)) throw new MalformedAnswer('its length is in doubt');
  head.length = Number(value);
}

function readCoding(head: AnswerHead, value: string): void {
  if (head.isChunked || value.toLowerCase() !== 'chunked') throw new MalformedAnswer('its transfer coding is unknown');
  head.isChunked = true;
}
