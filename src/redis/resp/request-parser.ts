import type { Limits } from '../limits.ts';
import { ByteQueue } from './byte-queue.ts';
import { splitInline } from './split-inline.ts';

/** Bytes that are no request. Nothing after them can be understood, so the connection ends. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const maxLineBytes = 64 * 1024;
const asterisk = 0x2a;
const dollar = 0x24;

/** Turns the bytes of a connection into commands, however they are cut. Holds one incomplete command at most. */
export class RequestParser {
  readonly #limits: Limits;
  readonly #bytes = new ByteQueue();
  #arguments: string[] = [];
  /** How many arguments of the current command are still to come. */
  #missing = 0;
  /** The length of the argument that comes next, once it is known. */
  #bulkLength = -1;
  #size = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Adds what has arrived. The parser may keep the chunk until the next call of it. */
  feed(chunk: Buffer): void {
    this.#bytes.append(chunk);
  }

  /** How much has arrived that is not yet a command. */
  get pendingBytes(): number {
    return this.#bytes.length + this.#size;
  }

  /** The next complete command, name first; undefined when there is none yet. Throws a ProtocolError. */
  next(): readonly string[] | undefined {
    for (;;) {
      if (this.#missing === 0) {
        const inline = this.#readStart();
        if (inline !== 'multibulk') return inline;
      }
      if (!this.#readArguments()) return undefined;
      const command = this.#arguments;
      this.#arguments = [];
      this.#size = 0;
      return command;
    }
  }

  /** Begins an array of arguments, or gives the words of a line. Empty lines and arrays mean nothing. */
  #readStart(): readonly string[] | undefined | 'multibulk' {
    while (this.#bytes.length > 0) {
      const isArray = this.#bytes.first === asterisk;
      const line = this.#readLine(isArray ? 'too big mbulk count string' : 'too big inline request');
      if (line === undefined) return undefined;
      if (isArray) {
        this.#missing = readLength(line, this.#limits.maxArguments, 'invalid multibulk length');
        if (this.#missing > 0) return 'multibulk';
        this.#missing = 0;
      } else {
        const words = splitInline(line) ?? fail('unbalanced quotes in request');
        if (words.length > 0) return words;
      }
    }
    return undefined;
  }

  #readArguments(): boolean {
    while (this.#missing > 0) {
      if (this.#bulkLength < 0 && !this.#readBulkLength()) return false;
      if (this.#bytes.length < this.#bulkLength + 2) return false;
      this.#arguments.push(this.#bytes.take(this.#bulkLength));
      this.#bytes.skip(2);
      this.#bulkLength = -1;
      this.#missing--;
    }
    return true;
  }

  #readBulkLength(): boolean {
    if (this.#bytes.length === 0) return false;
    const { first } = this.#bytes;
    const line = this.#readLine('too big bulk count string');
    if (line === undefined) return false;
    if (first !== dollar) fail(`expected '$', got '${String.fromCharCode(first)}'`);
    const length = readLength(line, this.#limits.maxStringBytes, 'invalid bulk length');
    if (length < 0) fail('invalid bulk length');
    // Half a hundred bytes stand for what an argument costs beside its own bytes.
    this.#size += length + 50;
    if (this.#size > this.#limits.maxRequestBytes) fail('too big request');
    this.#bulkLength = length;
    return true;
  }

  #readLine(tooLong: string): string | undefined {
    const line = this.#bytes.takeLine(maxLineBytes);
    if (line === undefined && this.#bytes.length > maxLineBytes) fail(tooLong);
    return line;
  }
}

function readLength(line: string, max: number, message: string): number {
  const digits = line.slice(1);
  if (!/^-?\d{1,10}$/.test(digits) || Number(digits) > max) fail(message);
  return Number(digits);
}

function fail(message: string): never {
  throw new ProtocolError(`ERR Protocol error: ${message}`);
}
