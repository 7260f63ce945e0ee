import { lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

import type { SupervisorConfig } from '../../protocol/supervisor-api.ts';
import type { RecordKeeper } from './record-keeper.ts';
import { readRecord, touch } from './record-file.ts';

const everyMs = 10_000;

export interface FileGuard {
  readonly stop: () => void;
}

/**
 * Keeps a supervisor reachable. Systems clear their temporary directories of what is not touched for days, and people of
 * everything: then the files are made again. `relisten` opens the socket anew; `giveWay` ends this supervisor
 * when another has found no trace of it and taken its place.
 */
export function guardFiles(
  { socket, stateFile }: Pick<SupervisorConfig, 'socket' | 'stateFile'>,
  record: RecordKeeper,
  { relisten, giveWay }: { readonly relisten: (done: () => void) => void; readonly giveWay: () => void },
): FileGuard {
  // Another supervisor that opened the socket and gave way leaves one at its place that nobody listens on.
  let own = inodeOf(socket);
  const timer = setInterval(() => {
    if (!restoreDirectory(dirname(stateFile))) return;
    const owner = readOwner(stateFile);
    if (owner !== undefined && owner !== process.pid) return giveWay();
    if (owner === undefined) record.save();
    const found = inodeOf(socket);
    if (found !== undefined && found === own) return touch([stateFile, socket]);
    relisten(() => (own = inodeOf(socket)));
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Whether the directory is there, and only ours: whoever made it meanwhile could be anybody. */
function restoreDirectory(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch {
    // It is there, or cannot be made now.
  }
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === userInfo().uid && (stats.mode & 0o077) === 0;
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}

function readOwner(stateFile: string): number | undefined {
  try {
    return readRecord(stateFile)?.owner.pid;
  } catch {
    return undefined;
  }
}
