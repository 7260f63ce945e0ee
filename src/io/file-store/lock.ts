import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { MsaError } from '../../model/errors.ts';
import { codeOf, isPresent } from './errno.ts';

const waitMs = 5000;

export interface LockRequest {
  /** The directory that is the lock: whoever has made it holds it. */
  readonly directory: string;
  /** Frees a lock whose holder no longer lives; says whether there was one. */
  readonly recover: () => boolean;
}

/**
 * Takes the lock, waiting for a holder that lives. Returns the topmost directory that had to be made above it, if any,
 * so that it can go again.
 */
export async function takeLock({ directory, recover }: LockRequest): Promise<string | undefined> {
  const parent = path.dirname(directory);
  const deadline = Date.now() + waitMs;
  let made: string | undefined;
  for (;;) {
    const attempt = prepareLock(parent);
    made ??= attempt.made;
    try {
      fs.renameSync(attempt.lock, directory);
      return made;
    } catch (error) {
      fs.rmSync(attempt.lock, { recursive: true, force: true });
      const isTaken = ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error));
      if (!isTaken || Date.now() > deadline) {
        removeEmptyDirectories(parent, made);
        throw isTaken ? lockedError(directory, error) : error;
      }
    }
    if (!recover()) await sleep(50);
  }
}

/** The process that holds a lock; undefined when nobody does. */
export function readHolder(directory: string): number | undefined {
  try {
    const pid = Number(fs.readFileSync(path.join(directory, 'owner'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A name that nobody else uses and that says who does, so that it can be cleared away when that process has died. */
export function ownName(what: 'change' | 'done'): string {
  return `${what}-${process.pid}-${randomUUID()}`;
}

/** Removes directories from the inside out, as far as they are empty and up to the one given, which goes too. */
export function removeEmptyDirectories(from: string, upTo: string | undefined): void {
  for (let directory = from; ; directory = path.dirname(directory)) {
    try {
      fs.rmdirSync(directory);
    } catch {
      return;
    }
    if (upTo === undefined || directory === upTo) return;
  }
}

/** A lock that names its holder before anyone can see it; renaming it onto one that is taken fails. */
function prepareLock(parent: string): { readonly lock: string; readonly made: string | undefined } {
  const lock = path.join(parent, ownName('change'));
  for (let attempt = 1; ; attempt += 1) {
    const made = makeDirectories(parent);
    try {
      fs.mkdirSync(lock);
      fs.writeFileSync(path.join(lock, 'owner'), String(process.pid));
      return { lock, made };
    } catch (error) {
      fs.rmSync(lock, { recursive: true, force: true });
      removeEmptyDirectories(parent, made);
      // Another command may just have tidied the empty parent away.
      if (codeOf(error) !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

/** As mkdir -p; Node's own never returns on file systems such as /proc. Returns the topmost directory made. */
function makeDirectories(directory: string): string | undefined {
  const missing: string[] = [];
  for (let at = directory; !isPresent(at); at = path.dirname(at)) missing.unshift(at);
  for (const each of missing) {
    try {
      fs.mkdirSync(each);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  return missing[0];
}

function lockedError(directory: string, cause: unknown): MsaError {
  const holder = readHolder(directory);
  const who = holder === undefined ? 'another command' : `another command (process ${holder})`;
  const owner = path.join(directory, 'owner');
  return new MsaError('MSA_WRITE_FAILED', `${who} is changing the same workspace; nothing was written`, {
    // After a crash the number may belong to anything else by now.
    hint: `Run the command again when it is done. If that process is not msa, delete ${owner} first.`,
    cause,
  });
}
