import type { ProcessIdentity } from '../../protocol/supervisor-api.ts';
import * as linux from './linux-processes.ts';
import * as posix from './posix-processes.ts';
import type { ListeningSocket, ProcessFacts } from './process-facts.ts';

const system = process.platform === 'linux' ? linux : posix;

/** The process of that number; undefined when it has ended. */
export function readProcess(pid: number): ProcessFacts | undefined {
  return system.readProcess(pid);
}

/** Every process there is. */
export function listProcesses(): readonly ProcessFacts[] {
  return system.listProcesses();
}

/** Those that were started with all of these variables, and whatever they have started since with their environment. */
export function findMarked(markers: Readonly<Record<string, string>>): readonly ProcessFacts[] {
  return system.findMarked(markers).filter(({ pid }) => pid !== process.pid);
}

/** Where these processes listen; undefined when the system does not say. */
export function findListening(pids: readonly number[]): readonly ListeningSocket[] | undefined {
  return system.findListening(pids);
}

/** Whether this very process lives, and not another that was given its number later. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return readProcess(pid)?.started === started;
}
