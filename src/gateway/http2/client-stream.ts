import { constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { Readable } from 'node:stream';

import type { Dispatcher } from 'undici';

import { isGrpc } from '../grpc/is-grpc.ts';

interface StreamParts {
  readonly request: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
  readonly stallTimeoutMs: number;
  readonly ended: () => void;
  /** The peer has not looked at it, so that it can be sent anew (RFC 9113, 8.7). */
  readonly refused?: () => void;
}

/** One request on a connection of HTTP/2 to an instance, told to a handler as undici's would tell it. */
export class ClientStream {
  private readonly parts: StreamParts;
  private trailers: Buffer[] = [];
  private over = false;

  constructor(parts: StreamParts) {
    this.parts = parts;
  }

  start(session: ClientHttp2Session): void {
    const { request, handler, ended } = this.parts;
    let stream: ClientHttp2Stream | undefined;
    let isCancelled = false;
    handler.onConnect?.((error) => {
      isCancelled = true;
      this.fail(error ?? new Error('given up'));
      stream?.close(constants.NGHTTP2_CANCEL);
    });
    if (isCancelled) return ended();
    try {
      stream = session.request(fieldsOf(request), { endStream: !request.body });
    } catch (error) {
      ended();
      return this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.listen(stream);
    sendBody(stream, request.body);
  }

  private listen(stream: ClientHttp2Stream): void {
    const { handler, ended } = this.parts;
    const resume = (): void => void stream.resume();
    stream.once('response', () => this.watch(stream));
    const onHead = (...[fields, , raw]: [{ ':status'?: number }, number, string[]]): void =>
      this.guard(stream, () => {
        if (handler.onHeaders?.(fields[':status'] ?? 0, rawFields(raw), resume, '') === false) stream.pause();
      });
    stream.on('headers', onHead).on('response', onHead);
    stream.on('data', (chunk: Buffer) => {
      if (!this.over && handler.onData?.(chunk) === false) stream.pause();
    });
    const onTrailers = (...[, , raw]: [object, number, string[]]): void => void (this.trailers = rawFields(raw));
    stream.on('trailers', onTrailers);
    stream.once('end', () => this.complete(stream));
    let failure: Error | undefined;
    stream.on('error', (error) => (failure = error));
    stream.once('close', () => {
      ended();
      if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && this.sendAgain()) return;
      this.fail(failure ?? Object.assign(new Error('the stream was reset'), { code: 'ECONNRESET' }));
    });
  }

  /** An answer that has begun has to move; how long it may take to begin is not decided here. */
  private watch(stream: ClientHttp2Stream): void {
    stream.setTimeout(this.parts.stallTimeoutMs, () => stream.close(constants.NGHTTP2_CANCEL));
  }

  /** An answer that ends before the request does makes the rest of that pointless. */
  private complete(stream: ClientHttp2Stream): void {
    // A reset ends the stream as well, for whoever reads it.
    if (this.over || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    this.over = true;
    this.parts.handler.onComplete?.(this.trailers.map(String));
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  private sendAgain(): boolean {
    const { refused, request } = this.parts;
    if (this.over || !refused || request.body instanceof Readable) return false;
    this.over = true;
    refused();
    return true;
  }

  private fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.parts.handler.onError?.(error);
  }

  /** What a handler throws is its answer to what came. */
  private guard(stream: ClientHttp2Stream, tell: () => void): void {
    if (this.over) return;
    try {
      tell();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      stream.close(constants.NGHTTP2_CANCEL);
    }
  }
}

function sendBody(stream: ClientHttp2Stream, body: Dispatcher.DispatchOptions['body']): void {
  if (body instanceof Readable) {
    body.on('error', () => stream.close(constants.NGHTTP2_CANCEL)).pipe(stream);
    stream.once('close', () => body.destroy());
  } else if (Buffer.isBuffer(body)) stream.end(body);
}

/** The fields of a request of HTTP/1 as HTTP/2 has them; what is there more than once is a list. */
function fieldsOf({ method, path, headers }: Dispatcher.DispatchOptions): OutgoingHttpHeaders {
  const flat = Array.isArray(headers) ? headers : [];
  const fields: Record<string, string | string[]> = Object.create(null);
  fields[constants.HTTP2_HEADER_METHOD] = method;
  fields[constants.HTTP2_HEADER_SCHEME] = 'http';
  fields[constants.HTTP2_HEADER_PATH] = path;
  for (let index = 0; index < flat.length; index += 2) {
    const name = String(flat[index]).toLowerCase();
    const value = String(flat[index + 1]);
    if (name === 'host') fields[constants.HTTP2_HEADER_AUTHORITY] = value;
    else add(fields, name, value);
    // Without it a server must not send the status of a call (RFC 9110, 6.5.1; gRPC over HTTP/2).
    if (name === 'content-type' && isGrpc(value)) fields['te'] = 'trailers';
  }
  return fields;
}

function add(fields: Record<string, string | string[]>, name: string, value: string): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else fields[name] = Array.isArray(known) ? [...known, value] : [known, value];
}

/** As undici gives them, without the pseudo fields. */
function rawFields(raw: readonly string[]): Buffer[] {
  const fields: Buffer[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!name.startsWith(':')) fields.push(Buffer.from(name, 'latin1'), Buffer.from(raw[index + 1] ?? '', 'latin1'));
  }
  return fields;
}
