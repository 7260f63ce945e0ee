/**
 * Just enough HTTP/1.1 to ask whether somebody is well. Node's own client does the same at twice the cost, and probes are
 * most of what a registry does.
 */

/** The request for a path, after whose answer the connection ends. */
export function renderHealthRequest({ address, port, path }: { address: string; port: number; path: string }): string {
  const head = [
    `GET ${toAscii(path)} HTTP/1.1`,
    `Host: ${address}:${port}`,
    'User-Agent: msa-registry',
    'Accept: */*',
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n`;
}

/** Nothing in a path can end the line: white space and control characters are written as other characters are in URLs. */
function toAscii(path: string): string {
  return path.replaceAll(/[^\x21-\x7e]+/g, (text) =>
    Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

const maxHeadLength = 16 * 1024;
/** Answers of the hundreds announce the real one (RFC 9110, 15.2). */
const statusLine = /^(?:HTTP\/1\.[01] 1\d\d[^]*?\r?\n\r?\n)*HTTP\/1\.[01] ([2-9]\d\d)[ \r\n]/;
const beginning = 'HTTP/1.';

/** The status in what has been received so far: undefined when more is needed, `nonsense` when it is no HTTP. */
export function readStatus(received: string): number | 'nonsense' | undefined {
  const status = statusLine.exec(received)?.[1];
  if (status !== undefined) return Number(status);
  const canBecomeHttp = received.startsWith(beginning) || beginning.startsWith(received);
  return canBecomeHttp && received.length <= maxHeadLength ? undefined : 'nonsense';
}
