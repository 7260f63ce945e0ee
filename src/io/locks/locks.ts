import { lstatSync, mkdirSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { MsaError } from '../../model/errors.ts';
import type { Locks } from '../../ports/locks.ts';
import { codeOf } from '../file-store/errno.ts';
import { identityOf } from './process-identity.ts';

/** One for all sessions of a user: a system is started from one shell and stopped from another. */
function commonDirectory(): string {
  return `/tmp/msa-${userInfo().uid}`;
}

/**
 * Locks as links that lead nowhere and whose text is their holder's identity: made in one step, never half written, and
 * on most file systems without a block of their own, so that a full disk keeps nobody from stopping a system. Where no
 * link can be made at all, work goes on without a lock: it guards against haste, not against malice.
 */
export function createLocks(directory = commonDirectory()): Locks {
  return {
    hold: async (name, work) => {
      const self = identityOf(process.pid);
      if (self === undefined || !isOurs(directory)) return work();
      const lock = join(directory, `${name}.lock`);
      if (!(await isTaken(lock, self))) return work();
      try {
        return await work();
      } finally {
        if (holderOf(lock) === self) tryTo(() => unlinkSync(lock));
      }
    },
  };
}

/** What somebody else has put in the place of our directory is not to be trusted. */
function isOurs(directory: string): boolean {
  tryTo(() => mkdirSync(directory, { mode: 0o700 }));
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === userInfo().uid;
}

/** False when the file system refuses every link. */
async function isTaken(lock: string, self: string): Promise<boolean> {
  for (;;) {
    const made = makeLink(lock, self);
    if (made !== 'exists') return made === 'made';
    const holder = holderOf(lock);
    if (holder === undefined) continue;
    if (isAlive(holder)) throw busy(holder);
    if (takeOver(lock, holder, self)) return true;
    await sleep(10);
  }
}

/**
 * Takes the lock of a dead holder. Only whoever has made a second link that bears the dead one's name may replace the
 * first, so that of several who find it dead no two do.
 */
function takeOver(lock: string, dead: string, self: string): boolean {
  const claim = `${lock}.after-${numberIn(dead)}`;
  if (makeLink(claim, self) !== 'made') {
    const rival = holderOf(claim);
    if (rival !== undefined && !isAlive(rival)) tryTo(() => unlinkSync(claim));
    return false;
  }
  // Whoever held the claim before may have finished meanwhile.
  const isStillDead = holderOf(lock) === dead;
  tryTo(() => (isStillDead ? renameSync(claim, lock) : unlinkSync(claim)));
  return isStillDead && holderOf(lock) === self;
}

function makeLink(link: string, text: string): 'made' | 'exists' | 'refused' {
  try {
    symlinkSync(text, link);
    return 'made';
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? 'exists' : 'refused';
  }
}

/** Undefined when nobody holds it. */
function holderOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function isAlive(holder: string): boolean {
  return identityOf(numberIn(holder)) === holder;
}

function numberIn(holder: string): number {
  return Number.parseInt(holder, 10);
}

function busy(holder: string): MsaError {
  const pid = numberIn(holder);
  return new MsaError('MSA_BUSY', `another call of msa (process ${pid}) is changing this system`, {
    hint: 'Wait until it is done, or stop it with Ctrl-C where it runs.',
    data: { pid },
  });
}

function tryTo(act: () => void): void {
  try {
    act();
  } catch {
    // Somebody else was faster, or the file system refuses; what is there afterwards decides.
  }
}
