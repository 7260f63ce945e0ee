import { setTimeout as sleep } from 'node:timers/promises';

import type { ProcessIdentity } from '../../protocol/supervisor-api.ts';
import type { ProcessFacts } from './process-facts.ts';
import { findMarked, isAlive, listProcesses } from './process-table.ts';

/** What belongs together: process groups by their leaders, and whatever carries the markers wherever it has gone. */
export interface Family {
  readonly leaders: readonly ProcessIdentity[];
  readonly markers: Readonly<Record<string, string>>;
}

const pollMs = 20;
/** A process that SIGKILL does not end hangs in the kernel; waiting longer does not help. */
const killedWithinMs = 3000;

/** Sends a signal to a process or, with a negative number, to a group; false when there is none. */
export function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Every living process of a family. A group's number can be given to somebody else once all of it has ended, so a group
 * counts when its leader is the very process that was started, or when its members carry the markers.
 */
export function findFamily({ leaders, markers }: Family): readonly ProcessFacts[] {
  const marked = findMarked(markers);
  const groups = new Set(leaders.filter((leader) => isAlive(leader)).map(({ pid }) => pid));
  if (groups.size === 0) return marked;
  const known = new Set(marked.map(({ pid }) => pid));
  return [...marked, ...listProcesses().filter(({ pid, group }) => groups.has(group) && !known.has(pid))];
}

/** Whether anything of a group still runs; ended processes that nobody has waited for keep its number alive. */
export function groupLives(leader: number): boolean {
  return sendSignal(-leader, 0) && listProcesses().some(({ group }) => group === leader);
}

/** Ends a family by SIGKILL, until nothing of it is left: between looking and killing it can grow. Gives how many. */
export async function killFamily(family: Family): Promise<number> {
  const killed = new Set<number>();
  const deadline = Date.now() + killedWithinMs;
  for (;;) {
    const living = findFamily(family);
    if (living.length === 0 || Date.now() > deadline) return killed.size;
    for (const { pid } of living) if (sendSignal(pid, 'SIGKILL')) killed.add(pid);
    await sleep(pollMs);
  }
}

/** Asks a family to end and ends what has not after the time. Gives how many there were. */
export async function endFamily(family: Family, graceMs: number): Promise<number> {
  const living = findFamily(family);
  for (const { pid } of living) sendSignal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && findFamily(family).length > 0) await sleep(pollMs);
  return Math.max(living.length, await killFamily(family));
}
