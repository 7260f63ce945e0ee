import type { UpstreamRequest } from '../proxy/upstream.ts';

/** A request whose body is at hand. */
export interface PlainRequest extends UpstreamRequest {
  readonly body: Buffer | null;
}

/** With a body. Others may have one too, but some programs do not expect it and read it as the next request. */
const bodied: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Whether our own client takes it. */
export function isPlain(request: UpstreamRequest): request is PlainRequest {
  const { method, body, upgrade } = request;
  if (body === null) return upgrade === undefined && method !== 'HEAD' && method !== 'CONNECT';
  return bodied.has(method) && Buffer.isBuffer(body);
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Any but those that say where the request ends and what becomes of the connection, which nobody else may say. */
const fieldName = /^(?!(?:connection|expect|keep-alive|transfer-encoding|upgrade)$)[!#$%&'*+\-.^_`|~0-9a-z]+$/i;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;
const notInTarget = /[^!-~\x80-\xff]/;
const lengthName = 'content-length';

/** The head of a request as it is written. Throws when something in it would be read as more than it is. */
export function renderHead({ method, path, headers, body }: PlainRequest): string {
  if (!token.test(method) || notInTarget.test(path)) throw unsendable('request line');
  let text = `${method} ${path} HTTP/1.1\r\nconnection: keep-alive\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (!fieldName.test(name) || notInValue.test(value)) throw unsendable(`${name} header`);
    // That of the body comes last.
    if (name.length !== lengthName.length || name.toLowerCase() !== lengthName) text += `${name}: ${value}\r\n`;
  }
  // Without a body these say so (RFC 9110, 8.6).
  if (body !== null || bodied.has(method)) text += `${lengthName}: ${body?.length ?? 0}\r\n`;
  return `${text}\r\n`;
}

/** As undici says it. */
function unsendable(what: string): Error {
  return Object.assign(new Error(`invalid ${what}`), { code: 'UND_ERR_INVALID_ARG' });
}
