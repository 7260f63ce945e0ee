import { setTimeout as sleep } from 'node:timers/promises';

import { MsaError } from '../../../model/errors.ts';
import type { ControlPlane } from '../../../ports/control-plane.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { InstanceRecord } from '../../../protocol/instances.ts';
import { engineSource } from '../../../protocol/registry-api.ts';
import type { System } from '../../../protocol/system.ts';

type Rows = () => readonly InstanceRecord[];

/** Tells the registry who there is. */
export interface Publisher {
  /** Waits until the registry answers, and tells it the system and the instances. */
  readonly publish: (system: System, rows: Rows, signal: StopSignal) => Promise<void>;
  /** Tells of instances that came after `publish`; before it there is nothing to do. */
  readonly pushIfPublished: (rows: Rows) => Promise<void>;
  /**
   * Tells the registry the instances again, whoever published them. Changes at the same time are told together. Gives
   * the registry when it has taken them; undefined when there is none that answers.
   */
  readonly push: (rows: Rows) => Promise<ControlPlane | undefined>;
  /** For when the registry is replaced: what it was told is lost with it. */
  readonly forget: () => void;
}

/** A registry that has just been created listens within a second; this is for machines that are very busy. */
const startTimeoutMs = 30_000;
const pollMs = 40;

export function createPublisher(find: () => Promise<ControlPlane | undefined>): Publisher {
  let published = false;
  let known: Promise<ControlPlane | undefined> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let waiting: Promise<ControlPlane | undefined> | undefined;
  const send = async (rows: Rows): Promise<ControlPlane | undefined> => {
    waiting = undefined;
    const control = await (known ??= find());
    await control?.putSource(engineSource, { instances: rows() });
    return control;
  };
  const sendSoon = (rows: Rows): Promise<ControlPlane | undefined> => {
    // One that is under way may have read the rows already; the next is for all who come meanwhile.
    waiting ??= running.catch(() => undefined).then(() => send(rows));
    running = waiting;
    return waiting;
  };
  return {
    publish: async (system, rows, signal) => {
      const control = await answering(find, signal);
      known = Promise.resolve(control);
      await control.putSystem(system);
      published = true;
      await sendSoon(rows);
    },
    pushIfPublished: async (rows) => {
      if (published) await sendSoon(rows);
    },
    push: (rows) => sendSoon(rows).catch(() => undefined),
    forget: () => {
      published = false;
      known = undefined;
    },
  };
}

async function answering(find: () => Promise<ControlPlane | undefined>, signal: StopSignal): Promise<ControlPlane> {
  const deadline = performance.now() + startTimeoutMs;
  let problem: unknown;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const control = await find();
    try {
      await control?.system();
      if (control !== undefined) return control;
    } catch (error) {
      problem = error;
    }
    await sleep(pollMs);
  }
  const hint = 'See what it says: msa logs registry';
  throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry does not answer', { hint, cause: problem });
}
