import type { Transform } from 'node:stream';

import type { Incoming } from '../proxy/incoming.ts';
import type { WholeAnswer } from './outcome.ts';

/** The head of an answer on its way to the client; stages may change what is not readonly. */
export interface ReplyHead {
  status: number;
  /** End-to-end fields, name and value in turn. The gateway's own are added when it is written. */
  fields: string[];
  /** Keep everything until the answer is complete: then it is written at once, and until then it can be another's. */
  hold: boolean;
  /** Bytes of the body, when known beforehand. */
  length: number | undefined;
  /** It has no body, whatever the fields say (RFC 9110, 6.4.1): the answer to HEAD, a 204 or a 304. */
  readonly bodiless: boolean;
  /** Which instance gave it; undefined for answers that the gateway had at hand. */
  readonly instance: string | undefined;
}

/** Something that happens to an answer before it reaches the client. */
export interface ReplyStage {
  /** Sees every answer, and may change its head. Gives what handles the body, if the body matters. */
  readonly begin: (head: ReplyHead, incoming: Incoming) => BodyHandler | undefined;
}

export type BodyHandler = WholeHandler | TapHandler | StreamHandler | DelayHandler | ReplaceHandler;

/** Needs the whole body; answers without one pass by. */
export interface WholeHandler {
  readonly kind: 'whole';
  readonly maxBytes: number;
  /** What happens to a larger one: it passes unchanged, or the request fails. */
  readonly whenLarger: 'pass' | 'refuse';
  readonly change: (answer: WholeAnswer) => WholeAnswer | Promise<WholeAnswer>;
}

/** Only looks on. `end` comes once; false when the answer was broken off. */
export interface TapHandler {
  readonly kind: 'tap';
  readonly data: (chunk: Buffer) => void;
  readonly end: (complete: boolean) => void;
}

/** Makes other bytes of it. The stage has taken Content-Length out of the head. */
export interface StreamHandler {
  readonly kind: 'stream';
  readonly transform: Transform;
}

/** Needs a moment before the head can go on, and has changed it by then; the body waits as long and passes unread. */
export interface DelayHandler {
  readonly kind: 'delay';
  readonly ready: Promise<void>;
}

/** Gives another answer: what comes of the service's is read and dropped. */
export interface ReplaceHandler {
  readonly kind: 'replace';
  readonly answer: WholeAnswer;
}

/** Where an answer goes: to the client, or through a stage to the next. */
export interface ReplySink {
  /** Resume is called when more can be taken after `write` gave false. */
  begin(head: ReplyHead, resume: () => void): void;
  write(chunk: Buffer): boolean;
  end(trailers: readonly (Buffer | string)[]): void;
  /** Nothing more comes, and what came is not the whole. */
  abandon(): void;
}

/** The head of an answer that is there as a whole. */
export function wholeHead({ status, fields, body }: WholeAnswer, bodiless: boolean): ReplyHead {
  const length = body.length;
  const isWithoutLength = status === 204 || status === 304;
  const all = isWithoutLength ? [...fields] : [...fields, 'content-length', String(length)];
  return { status, fields: all, hold: true, length: bodiless ? 0 : length, bodiless, instance: undefined };
}
