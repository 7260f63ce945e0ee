import { constants } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

import type { ClientRequest } from '../proxy/client-message.ts';

/** A request that came as a stream of HTTP/2, in the form in which requests of HTTP/1 come. */
export class StreamRequest implements ClientRequest {
  readonly httpVersion = '2.0';
  readonly httpVersionMajor = 2;
  readonly httpVersionMinor = 0;
  readonly rawHeaders: readonly string[];
  readonly method: string;
  readonly url: string;
  /** Two different hosts were named. */
  readonly isAmbiguous: boolean;
  readonly socket: Socket;
  private readonly stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, rawHeaders: readonly string[], socket: Socket) {
    const { method, path, fields, isAmbiguous } = readFields(rawHeaders, stream.endAfterHeaders);
    this.stream = stream;
    this.socket = socket;
    this.method = method;
    this.url = path;
    this.rawHeaders = fields;
    this.isAmbiguous = isAmbiguous;
  }

  get complete(): boolean {
    return this.stream.endAfterHeaders || this.stream.readableEnded;
  }

  on(event: 'data' | 'end', listener: (chunk: Buffer) => void): this {
    this.stream.on(event, listener);
    return this;
  }

  once(event: 'end' | 'close', listener: () => void): this {
    this.stream.once(event, listener);
    return this;
  }

  off(event: 'data' | 'end', listener: (chunk: Buffer) => void): this {
    this.stream.off(event, listener);
    return this;
  }

  pause(): this {
    this.stream.pause();
    return this;
  }

  resume(): this {
    this.stream.resume();
    return this;
  }
}

/**
 * The fields as HTTP/1 would have them: `:authority` as Host, and Cookie, which may come in crumbs, as one
 * (RFC 9113, 8.2.3). A body of unknown length is marked as such. Names are in lower case, and what belongs to connections is not
 * there: nghttp2 refuses both (8.2), as it does pseudo fields that are missing, unknown or late (8.3).
 */
function readFields(rawHeaders: readonly string[], isEmpty: boolean) {
  const fields: string[] = [];
  const cookies: string[] = [];
  const hosts = new Set<string>();
  const read = { method: '', path: '' };
  let hasLength = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    hasLength ||= name === 'content-length';
    if (name === constants.HTTP2_HEADER_METHOD) read.method = value;
    else if (name === constants.HTTP2_HEADER_PATH) read.path = value;
    else if (name === constants.HTTP2_HEADER_AUTHORITY || name === 'host') hosts.add(value);
    else if (name === 'cookie') cookies.push(value);
    else if (!name.startsWith(':')) fields.push(name, value);
  }
  const [host] = hosts;
  if (host !== undefined) fields.push('host', host);
  if (cookies.length > 0) fields.push('cookie', cookies.join('; '));
  if (!isEmpty && !hasLength) fields.push('transfer-encoding', 'chunked');
  return { ...read, fields, isAmbiguous: hosts.size > 1 };
}
