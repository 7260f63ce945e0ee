import { MalformedAnswer, readAnswerHead, readTrailerFields } from './answer-head.ts';
import type { AnswerHead } from './answer-head.ts';

/** Told what an instance answers. */
export interface AnswerListener {
  /** Of informational answers too, before the final one. */
  answerBegan(head: AnswerHead): void;
  /** The bytes are lent: who keeps them copies them. */
  answerContinued(bytes: Buffer): void;
  answerEnded(trailers: readonly string[]): void;
}

type Phase = 'head' | 'length' | 'chunk size' | 'chunk' | 'chunk end' | 'trailers' | 'rest' | 'over';

const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');
const longestSizeLine = 1024;
const sizeLine = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/**
 * Reads one answer of HTTP/1 as its bytes come, to any request but HEAD and CONNECT (RFC 9112, 6 and 7).
 * What is not exactly as it has to be is refused: nothing of an answer may be taken for the next one's.
 */
export class AnswerReader {
  private phase: Phase = 'head';
  /** Bytes of the phase that are still to come. */
  private left = 0;
  /** The beginning of a head or a line. */
  private begun: Buffer | undefined;
  private readonly listener: AnswerListener;
  private readonly maxHeadBytes: number;

  constructor(listener: AnswerListener, maxHeadBytes: number) {
    this.listener = listener;
    this.maxHeadBytes = maxHeadBytes;
  }

  get isInBody(): boolean {
    return this.phase !== 'head' && this.phase !== 'over';
  }

  /** Throws when it cannot be read any further. */
  read(bytes: Buffer): void {
    const all = this.begun ? Buffer.concat([this.begun, bytes]) : bytes;
    this.begun = undefined;
    for (let at = 0; at < all.length;) {
      const next = this.step(all, at);
      if (next === undefined) {
        this.begun = Buffer.from(all.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** Takes that nothing more comes; false when the answer is not whole. */
  end(): boolean {
    if (this.phase === 'rest') this.finish([]);
    return this.phase === 'over';
  }

  /** Gives where to go on; undefined when more has to come first. */
  private step(bytes: Buffer, at: number): number | undefined {
    if (this.phase === 'over') throw new MalformedAnswer('more came than the answer');
    if (this.phase === 'head') return this.readHead(bytes, at);
    if (this.phase === 'chunk size') return this.readSize(bytes, at);
    if (this.phase === 'chunk end') return this.readChunkEnd(bytes, at);
    if (this.phase === 'trailers') return this.readTrailers(bytes, at);
    return this.readBody(bytes, at);
  }

  private readHead(bytes: Buffer, at: number): number | undefined {
    const end = find(headEnd, bytes, { at, atMost: this.maxHeadBytes });
    if (end === undefined) return undefined;
    const head = readAnswerHead(bytes.toString('latin1', at, end));
    if (head.status === 101) throw new MalformedAnswer('nobody asked for another protocol');
    if (head.status >= 200) this.beginBody(head);
    this.listener.answerBegan(head);
    if (this.phase === 'length' && this.left === 0) this.finish([]);
    return end + headEnd.length;
  }

  private beginBody({ status, isChunked, length }: AnswerHead): void {
    if (status === 204 || status === 304) this.phase = 'length';
    else if (isChunked) this.phase = 'chunk size';
    else if (length === undefined) this.phase = 'rest';
    else {
      this.phase = 'length';
      this.left = length;
    }
  }

  private readBody(bytes: Buffer, at: number): number {
    const end = this.phase === 'rest' ? bytes.length : Math.min(bytes.length, at + this.left);
    this.left -= end - at;
    this.listener.answerContinued(bytes.subarray(at, end));
    if (this.phase === 'chunk' && this.left === 0) this.phase = 'chunk end';
    if (this.phase === 'length' && this.left === 0) this.finish([]);
    return end;
  }

  private readSize(bytes: Buffer, at: number): number | undefined {
    const end = find(lineEnd, bytes, { at, atMost: longestSizeLine });
    if (end === undefined) return undefined;
    const [, size] = sizeLine.exec(bytes.toString('latin1', at, end)) ?? [];
    if (size === undefined) throw new MalformedAnswer('a chunk has no size');
    this.left = Number.parseInt(size, 16);
    this.phase = this.left === 0 ? 'trailers' : 'chunk';
    return end + lineEnd.length;
  }

  private readChunkEnd(bytes: Buffer, at: number): number | undefined {
    if (find(lineEnd, bytes, { at, atMost: 0 }) === undefined) return undefined;
    this.phase = 'chunk size';
    return at + lineEnd.length;
  }

  private readTrailers(bytes: Buffer, at: number): number | undefined {
    if (find(lineEnd, bytes, { at, atMost: this.maxHeadBytes }) === at) {
      this.finish([]);
      return at + lineEnd.length;
    }
    const end = find(headEnd, bytes, { at, atMost: this.maxHeadBytes });
    if (end === undefined) return undefined;
    this.finish(readTrailerFields(bytes.toString('latin1', at, end)));
    return end + headEnd.length;
  }

  private finish(trailers: readonly string[]): void {
    this.phase = 'over';
    this.listener.answerEnded(trailers);
  }
}

/** Where it is, at most so many bytes on; undefined when it may still come there. */
function find(what: Buffer, bytes: Buffer, { at, atMost }: { at: number; atMost: number }): number | undefined {
  const found = bytes.indexOf(what, at);
  const earliest = found < 0 ? bytes.length - what.length + 1 : found;
  if (earliest - at > atMost) throw new MalformedAnswer('a part of it is too long');
  return found < 0 ? undefined : found;
}
