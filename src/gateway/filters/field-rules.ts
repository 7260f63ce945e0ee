const namePattern = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,128}$/;
/** Visible characters, blanks and tabs: no line ends, which would begin a field or a message of their own (RFC 9110, 5.5). */
const valuePattern = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;
const maxValueLength = 8 * 1024;

const framing = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'content-length',
  'trailer',
  'te',
  'upgrade',
  'expect',
  'host',
  'via',
];
const ofProxies = ['forwarded', 'x-real-ip', 'x-original-url', 'x-rewrite-url', 'proxy', 'proxy-authorization'];
const ofTraces = ['traceparent', 'tracestate', 'x-request-id'];
const owned: ReadonlySet<string> = new Set([...framing, ...ofProxies, ...ofTraces]);
const ownedPrefix = /^x-(?:forwarded|msa)-/;

/**
 * Why a filter may not write such a field; undefined when it may. Fields of the connection, of framing, of forwarding and
 * of traces are the gateway's own; the spelling with underscores counts, as some services cannot tell it.
 */
export function fieldProblem(name: string, value: string): string | undefined {
  if (!namePattern.test(name)) return `${JSON.stringify(name.slice(0, 60))} is no name of a header field`;
  const dashed = name.toLowerCase().replaceAll('_', '-');
  if (owned.has(dashed) || ownedPrefix.test(dashed)) return `the header field ${name} is the gateway's own`;
  if (value.length > maxValueLength) return `the value of ${name} is longer than ${maxValueLength} characters`;
  return valuePattern.test(value) ? undefined : `the value of ${name} has characters that no header field may have`;
}
