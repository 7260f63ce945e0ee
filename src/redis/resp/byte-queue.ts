const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const nothing = Buffer.alloc(0);

/**
 * Bytes that arrive in pieces and leave from the front. What is left of a piece is copied into a buffer that doubles, so
 * that even a long value that comes byte by byte costs time in proportion to its length, and no announced length
 * reserves memory.
 */
export class ByteQueue {
  #buffer: Buffer = nothing;
  #start = 0;
  #end = 0;
  /** Up to where there is no line feed, so that no byte is searched twice. */
  #searched = 0;
  #isOwn = false;

  get length(): number {
    return this.#end - this.#start;
  }

  /** The byte in front; the queue must not be empty. */
  get first(): number {
    return this.#buffer[this.#start] ?? 0;
  }

  append(chunk: Buffer): void {
    if (this.length === 0) {
      this.#use(chunk, chunk.length);
      this.#isOwn = false;
      return;
    }
    const needed = this.length + chunk.length;
    if (!this.#isOwn || this.#end + chunk.length > this.#buffer.length) this.#moveTo(needed);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** The next bytes as a byte string; so many must be there. */
  take(count: number): string {
    const text = this.#buffer.toString('latin1', this.#start, this.#start + count);
    this.skip(count);
    return text;
  }

  skip(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.#use(nothing, 0);
  }

  /** The bytes up to the next line end, without it; undefined when there is none within the limit. */
  takeLine(maxBytes: number): string | undefined {
    const from = Math.max(this.#searched, this.#start);
    const found = this.#buffer.subarray(0, this.#end).indexOf(lineFeed, from);
    this.#searched = this.#end;
    if (found < 0) return undefined;
    this.#searched = 0;
    if (found - this.#start > maxBytes) return undefined;
    const hasReturn = found > this.#start && this.#buffer[found - 1] === carriageReturn;
    const line = this.#buffer.toString('latin1', this.#start, hasReturn ? found - 1 : found);
    this.skip(found + 1 - this.#start);
    return line;
  }

  #moveTo(needed: number): void {
    const isRoomy = this.#isOwn && this.#buffer.length >= needed * 2;
    const target = isRoomy ? this.#buffer : Buffer.allocUnsafeSlow(Math.max(1024, needed * 2));
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = target;
    this.#isOwn = true;
  }

  #use(buffer: Buffer, end: number): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = end;
    this.#searched = 0;
  }
}
