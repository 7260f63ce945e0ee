import { open, readFile, rename } from 'node:fs/promises';

import type { WatchState } from '../../protocol/watch.ts';
import type { Log } from '../observe/log.ts';
import { isWatchState } from './parse-state.ts';

/** Keeps the last state in a file, so that a gateway that restarts while the registry is away knows where to send. */
export class StateFile {
  private readonly path: string;
  private readonly log: Log;
  private next: WatchState | undefined;
  private writing: Promise<void> | undefined;

  constructor(path: string, log: Log) {
    this.path = path;
    this.log = log;
  }

  /** The state as last written; undefined when there is none that can be read. */
  async read(): Promise<WatchState | undefined> {
    try {
      const state: unknown = JSON.parse(await readFile(this.path, 'utf8'));
      if (isWatchState(state)) return state;
      this.log.say('warn', 'state file ignored', { path: this.path, problem: 'it holds no state' });
    } catch (error) {
      if (!isAbsence(error)) this.log.say('warn', 'state file ignored', { path: this.path, problem: String(error) });
    }
    return undefined;
  }

  /** Writes the state soon. While one is being written, only the newest of those that come is kept. */
  write(state: WatchState): void {
    this.next = state;
    this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
  }

  async flush(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.next) {
      const text = JSON.stringify(this.next);
      this.next = undefined;
      try {
        await writeWhole(this.path, text);
      } catch (error) {
        this.log.say('warn', 'state file not written', { path: this.path, problem: String(error) });
      }
    }
  }
}

/** Whoever reads the file sees the old text or the new one, even when the machine stops in between. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
