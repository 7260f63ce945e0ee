import { setTimeout as sleep } from 'node:timers/promises';

import type { ControlPlane } from '../../../ports/control-plane.ts';
import type { Work } from '../../../ports/engine.ts';
import type { GatewayReport } from '../../../protocol/watch.ts';
import { removeImageLeftBy } from '../images/image-cleanup.ts';
import { beginningOf, type Session } from '../session.ts';
import { stopAndRemove } from './containers.ts';
import { readContainers } from './snapshot.ts';

/** Takes an instance out of service, lets it finish, stops and removes it. It is fine if it is gone already. */
export async function stopInstance(session: Session, instance: string, { desired }: Work): Promise<void> {
  const { daemon, place, publisher } = session;
  const { table } = await beginningOf(session);
  const container = (await readContainers(daemon, place.workspace)).find((found) => found.instance === instance);
  if (container?.role === 'service' && container.state === 'running') {
    table.drain(instance);
    const control = await publisher.push(table.rows);
    if (control !== undefined) await waitForGateways(control);
  }
  if (container?.role === 'registry') publisher.forget();
  if (container !== undefined) await stopAndRemove(daemon, container.containerId);
  table.remove(instance);
  if (container === undefined || container.role === 'registry') return;
  await publisher.push(table.rows);
  await removeImageLeftBy(session, container, desired);
}

/** A gateway that has not followed within this time is not going to. */
const drainTimeoutMs = 2000;
const pollMs = 20;

/** Waits until every gateway sends new requests as the registry has it now. */
async function waitForGateways(control: ControlPlane): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs;
  try {
    const state = await presentState(control);
    if (state === undefined) return;
    while (!(await haveAllApplied(control, state)) && performance.now() < deadline) await sleep(pollMs);
  } catch {
    // A registry that went away in between tells no gateway anything: there is nothing to wait for.
  }
}

async function haveAllApplied(control: ControlPlane, { epoch, revision }: GatewayReport): Promise<boolean> {
  const gateways = await control.gateways();
  return gateways.every((gateway) => gateway.epoch === epoch && gateway.revision >= revision);
}

async function presentState(control: ControlPlane): Promise<GatewayReport | undefined> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), drainTimeoutMs);
  try {
    for await (const state of control.watch(enough.signal)) return state;
    return undefined;
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
}
