import type { StoreReply } from './shared-store.ts';

/** An error that Redis answers with. */
export class StoreError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export type Answer = StoreReply | StoreError;

/** More than anything that is asked for has; whoever says it sends more is no Redis. */
const maxBytes = 64 * 1024 * 1024;
const maxItems = 1024 * 1024;
const maxDepth = 8;
const maxLineBytes = 64 * 1024;
const carriageReturn = 0x0d;

/** Reads answers in RESP2 as they come, in pieces of any size. Throws with what is none. */
export class ReplyReader {
  private readonly onAnswer: (answer: Answer) => void;
  /** What has come and is not read: pieces, put together only when the next answer may be whole. */
  private pieces: Buffer[] = [];
  private pieceBytes = 0;
  private neededBytes = 1;
  private bytes: Buffer = Buffer.alloc(0);
  private offset = 0;

  constructor(onAnswer: (answer: Answer) => void) {
    this.onAnswer = onAnswer;
  }

  read(chunk: Buffer): void {
    this.pieces.push(chunk);
    this.pieceBytes += chunk.length;
    if (this.pieceBytes < this.neededBytes) return;
    this.bytes = this.pieces.length === 1 ? chunk : Buffer.concat(this.pieces);
    this.offset = 0;
    let begin = 0;
    while (begin < this.bytes.length) {
      const answer = this.value(0);
      if (answer === undefined) break;
      begin = this.offset;
      this.onAnswer(answer);
    }
    const rest = this.bytes.subarray(begin);
    // Needed was said for bytes counted from where this round began.
    this.neededBytes = begin === this.bytes.length ? 1 : Math.max(this.neededBytes - begin, rest.length + 1);
    this.pieces = rest.length === 0 ? [] : [rest];
    this.pieceBytes = rest.length;
  }

  /** Undefined: it has not come as a whole. */
  private value(depth: number): Answer | undefined {
    const kind = this.bytes[this.offset] ?? 0;
    const line = this.line();
    if (line === undefined) return undefined;
    switch (kind) {
      case 0x2b: // +
        return line;
      case 0x2d: // -
        return new StoreError(line);
      case 0x3a: // :
        return Number(line);
      case 0x24: // $
        return this.text(sizeOf(line, maxBytes));
      case 0x2a: // *
        return this.list(sizeOf(line, maxItems), depth);
      default:
        throw new Error('what answers is no Redis');
    }
  }

  /** The rest of the line after its first byte. */
  private line(): string | undefined {
    const end = this.bytes.indexOf(carriageReturn, this.offset);
    const length = (end < 0 ? this.bytes.length : end) - this.offset;
    if (length > maxLineBytes) throw new Error('what answers is no Redis');
    if (end < 0 || end + 1 >= this.bytes.length) return this.lacks(1);
    const line = this.bytes.toString('latin1', this.offset + 1, end);
    this.offset = end + 2;
    return line;
  }

  private text(size: number): Buffer | null | undefined {
    if (size < 0) return null;
    const end = this.offset + size;
    if (end + 2 > this.bytes.length) return this.lacks(end + 2 - this.bytes.length);
    // A copy: the piece it came in may hold much else.
    const text = Buffer.from(this.bytes.subarray(this.offset, end));
    this.offset = end + 2;
    return text;
  }

  private list(size: number, depth: number): Answer | undefined {
    if (size < 0) return null;
    if (depth === maxDepth) throw new Error('what answers is no Redis');
    const items: StoreReply[] = [];
    for (let index = 0; index < size; index++) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item instanceof StoreError ? null : item);
    }
    return items;
  }

  private lacks(bytes: number): undefined {
    this.neededBytes = this.bytes.length + bytes;
    return undefined;
  }
}

function sizeOf(line: string, maximum: number): number {
  const size = Number(line);
  if (Number.isInteger(size) && size >= -1 && size <= maximum) return size;
  throw new Error('what answers is no Redis');
}
