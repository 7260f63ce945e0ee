import { constants } from 'node:http2';
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';

import type { ClientResponse } from '../proxy/client-message.ts';

/** Fields that HTTP/2 has no place for (RFC 9113, 8.2.2). */
const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** An answer on a stream of HTTP/2, in the form in which answers of HTTP/1 are written. */
export class StreamResponse implements ClientResponse {
  readonly chunkedEncoding = true;
  statusCode = 0;
  private readonly stream: ServerHttp2Stream;
  private head: OutgoingHttpHeaders | undefined;
  private trailers: OutgoingHttpHeaders = {};

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
  }

  get headersSent(): boolean {
    return this.stream.headersSent;
  }

  /** Only this stream is broken off; others on the connection go on. */
  get socket() {
    const breakOff = (): void => this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return { destroy: breakOff, resetAndDestroy: breakOff, uncork: () => undefined };
  }

  writeHead(status: number, fields: readonly string[]): this {
    this.statusCode = status;
    this.head = headersOf(fields);
    this.head[constants.HTTP2_HEADER_STATUS] = status;
    return this;
  }

  flushHeaders(): void {
    this.respond(false);
  }

  write(chunk: Buffer | string, encoding?: 'latin1'): boolean {
    this.respond(false);
    if (!this.stream.writable) return true;
    return typeof chunk === 'string' ? this.stream.write(chunk, encoding ?? 'latin1') : this.stream.write(chunk);
  }

  addTrailers(trailers: readonly [string, string][]): void {
    this.trailers = headersOf(trailers.flat());
  }

  end(chunk?: Buffer): void {
    const isEmpty = chunk === undefined || chunk.length === 0;
    // With the head the stream ends at once: gRPC tells an answer of trailers alone by that.
    this.respond(isEmpty);
    if (this.stream.writable) this.stream.end(isEmpty ? undefined : chunk);
  }

  on(_event: 'drain', listener: () => void): void {
    this.stream.on('drain', listener);
  }

  writeContinue(): void {
    if (!this.stream.destroyed) this.stream.additionalHeaders({ [constants.HTTP2_HEADER_STATUS]: 100 });
  }

  writeEarlyHints(hints: Record<string, string | string[]>): void {
    if (!this.stream.destroyed) this.stream.additionalHeaders({ ...hints, [constants.HTTP2_HEADER_STATUS]: 103 });
  }

  detachSocket(): never {
    throw new Error('a stream of HTTP/2 changes to no other protocol');
  }

  private respond(endStream: boolean): void {
    const { head, stream } = this;
    if (!head || stream.headersSent || stream.destroyed || stream.closed) return;
    // Where the length is known there are no trailers.
    const waitForTrailers = !endStream && head['content-length'] === undefined;
    if (waitForTrailers) stream.once('wantTrailers', () => stream.sendTrailers(this.trailers));
    stream.respond(head, { endStream, waitForTrailers });
  }
}

/** Fields of the same name are a list, in their order. What is said twice alike is said once. */
function headersOf(fields: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] ?? '').toLowerCase();
    const value = fields[index + 1] ?? '';
    const known = headers[name];
    if (ofConnections.has(name) || known === value) continue;
    if (known === undefined) headers[name] = value;
    else headers[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return headers;
}
