import type { StopSignal } from './stop-signal.ts';

/** Sends single requests, and knows what code without web globals cannot: addresses and text. */
export interface HttpCaller {
  /** Gives the answer, whatever its status, as soon as its head is there. Follows no redirect. */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  /** The absolute address that a reference means, seen from another; undefined when it is none. */
  readonly resolve: (reference: string, base: string) => string | undefined;
  /** The text that bytes stand for as UTF-8; undefined when they are no text. */
  readonly textOf: (bytes: Uint8Array) => string | undefined;
}

export interface HttpRequest {
  /** Where to connect to, whatever the address says: `http://127.0.0.1:8080`. */
  readonly connectTo: string;
  /** Absolute. */
  readonly url: string;
  readonly method: string;
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array | undefined;
  /** For the head of the answer, and then again for each part of its body. */
  readonly timeoutMs: number;
  readonly signal: StopSignal;
}

/** Name and value. */
export type HeaderField = readonly [string, string];

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  /** As they came, names in lower case. */
  readonly headers: readonly HeaderField[];
  /** Can be read once, or let go of by leaving the loop. */
  readonly body: AsyncIterable<Uint8Array>;
}
