import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { LogLine } from '../../../ports/engine.ts';
import { logFileName, parseLogFileName, parseLogLine } from '../../../protocol/log-files.ts';

const newline = 0x0a;

/** The numbers of the log files of each instance, rising. */
export async function listLogFiles(directory: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const names = await readdir(directory).catch(() => []);
  const files = names.flatMap((name) => parseLogFileName(name) ?? []);
  const instances = new Set(files.map(({ instance }) => instance));
  return new Map(
    Array.from(instances, (instance) => [
      instance,
      files
        .filter((file) => file.instance === instance)
        .map(({ number }) => number)
        .toSorted((one, other) => one - other),
    ]),
  );
}

/** A place in the files of an instance, from which the lines written since can be read. */
export class LogCursor {
  readonly #directory: string;
  readonly #instance: string;
  #number: number;
  #offset = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(directory: string, instance: string, number: number) {
    this.#directory = directory;
    this.#instance = instance;
    this.#number = number;
  }

  /** Every whole line between the cursor and the end; files that rotation has removed meanwhile are passed over. */
  async read(numbers: readonly number[]): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    if (!numbers.includes(this.#number)) this.#moveTo(numbers.find((number) => number >= this.#number) ?? numbers[0]);
    for (;;) {
      lines.push(...(await this.#readFile()));
      const next = numbers.find((number) => number > this.#number);
      if (next === undefined) return lines;
      this.#moveTo(next);
    }
  }

  #moveTo(number: number | undefined): void {
    this.#number = number ?? this.#number;
    this.#offset = 0;
    this.#rest = Buffer.alloc(0);
  }

  async #readFile(): Promise<readonly LogLine[]> {
    const added = await readFrom(join(this.#directory, logFileName(this.#instance, this.#number)), this.#offset);
    this.#offset += added.length;
    const bytes = Buffer.concat([this.#rest, added]);
    const end = bytes.lastIndexOf(newline) + 1;
    this.#rest = bytes.subarray(end);
    const texts = bytes.subarray(0, end).toString().split('\n').slice(0, -1);
    return texts.flatMap((text) => {
      const line = parseLogLine(text);
      return line === undefined ? [] : [{ instance: this.#instance, ...line }];
    });
  }
}

/** Nothing when the file is gone. */
async function readFrom(path: string, offset: number): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
