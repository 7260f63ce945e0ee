import type { Socket } from 'node:net';

/** A request of a client, as HTTP/1 and HTTP/2 both give it: what of node:http's is used. */
export interface ClientRequest {
  readonly rawHeaders: readonly string[];
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  /** All of it has come. */
  readonly complete: boolean;
  readonly socket: Socket;
  on(event: 'data', listener: (chunk: Buffer) => void): this;
  on(event: 'end', listener: () => void): this;
  once(event: 'end' | 'close', listener: () => void): this;
  off(event: 'data', listener: (chunk: Buffer) => void): this;
  off(event: 'end', listener: () => void): this;
  pause(): this;
  resume(): this;
}

/** The answer to it, likewise. */
export interface ClientResponse {
  readonly headersSent: boolean;
  readonly statusCode: number;
  readonly chunkedEncoding: boolean;
  /** What has to be broken off so that the client sees that the answer is not the whole. */
  readonly socket: Breakable | null;
  writeHead(status: number, fields: string[]): this;
  flushHeaders(): void;
  write(chunk: Buffer): boolean;
  write(chunk: string, encoding: 'latin1'): boolean;
  addTrailers(trailers: [string, string][]): void;
  end(chunk?: Buffer): unknown;
  on(event: 'drain', listener: () => void): unknown;
  writeContinue(): void;
  writeEarlyHints(hints: Record<string, string | string[]>): void;
  detachSocket(socket: Socket): void;
}

interface Breakable {
  destroy(): unknown;
  /** Not in an orderly way. */
  resetAndDestroy(): unknown;
  uncork(): void;
}
