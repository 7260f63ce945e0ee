import { readdirSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { logFileName, logFileNumber, logPrefix, type LogStream } from '../../protocol/log-files.ts';

interface LogLimits {
  readonly fileBytes: number;
  readonly files: number;
}

const defaultLogLimits: LogLimits = { fileBytes: 10 * 1024 * 1024, files: 3 };

/** Where the lines of an instance go. */
export interface LogWriter {
  /** Ready when the lines are in the file, so that whoever reads a child's output reads no faster than that. */
  readonly append: (stream: LogStream, lines: readonly Buffer[]) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Removes all files of the instance. */
  readonly remove: () => Promise<void>;
}

const lineEnd = Buffer.from('\n');

interface LogFile {
  readonly number: number;
  readonly handle: FileHandle;
  size: number;
}

/**
 * Writes numbered files, each up to a size, and keeps the last few. A child must never wait for a disk that is full or a
 * folder that is gone, so lines that cannot be written are dropped and counted.
 */
export function createLogWriter(directory: string, instance: string, limits = defaultLogLimits): LogWriter {
  let file: LogFile | undefined;
  let next = 1;
  let lost = 0;
  let last: Promise<void> = Promise.resolve();

  const close = async (): Promise<void> => {
    const closing = file;
    file = undefined;
    await closing?.handle.close();
  };

  const openNext = async (): Promise<LogFile> => {
    await close();
    const handle = await open(join(directory, logFileName(instance, next)), 'a', 0o600);
    file = { number: next, handle, size: 0 };
    next += 1;
    removeFiles(directory, instance, next - 1 - limits.files);
    return file;
  };

  const write = async (stream: LogStream, lines: readonly Buffer[]): Promise<void> => {
    const time = new Date().toISOString();
    const prefix = Buffer.from(logPrefix(time, stream));
    const told = lost === 0 ? '' : `${logPrefix(time, 'stderr')}msa: ${lost} lines could not be written here\n`;
    const bytes = Buffer.concat([Buffer.from(told), ...lines.flatMap((line) => [prefix, line, lineEnd])]);
    try {
      const target = file === undefined || file.size >= limits.fileBytes ? await openNext() : file;
      await target.handle.appendFile(bytes);
      target.size += bytes.length;
      lost = 0;
    } catch {
      lost += lines.length;
    }
  };

  /** One after the other: two streams write to one file. */
  const inTurn = (action: () => Promise<void>): Promise<void> => {
    last = last.then(action, action);
    return last;
  };

  return {
    append: (stream, lines) => (lines.length === 0 ? last : inTurn(() => write(stream, lines))),
    close: () => inTurn(close),
    remove: () =>
      inTurn(async () => {
        await close();
        removeFiles(directory, instance, Number.POSITIVE_INFINITY);
      }),
  };
}

/** Removes files of an instance up to a number. */
function removeFiles(directory: string, instance: string, upTo: number): void {
  try {
    for (const name of readdirSync(directory)) {
      const number = logFileNumber(name, instance);
      if (number !== undefined && number <= upTo) rmSync(join(directory, name), { force: true });
    }
  } catch {
    // The folder is gone, and its files with it.
  }
}
