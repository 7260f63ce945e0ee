import type { Daemon } from '../daemon/daemon.ts';
import { statusOf, wordsOf } from '../daemon/daemon-error.ts';

/** How long a program has between SIGTERM and SIGKILL. */
const graceSeconds = 10;
const doing = 'stop and remove a container';

/** Stops a container and removes it. It is fine if it is gone already. */
export async function stopAndRemove(daemon: Daemon, containerId: string): Promise<void> {
  await stopContainer(daemon, containerId);
  await removeContainer(daemon, containerId);
}

export async function stopContainer(daemon: Daemon, containerId: string): Promise<void> {
  await daemon.send('POST', `/containers/${containerId}/stop`, { doing, query: { t: `${graceSeconds}` }, fine: [404] });
}

/** Removes a container with its unnamed volumes, whether it runs or not. */
export async function removeContainer(daemon: Daemon, containerId: string): Promise<void> {
  try {
    await daemon.send('DELETE', `/containers/${containerId}`, { doing, query: { force: true, v: true }, fine: [404] });
  } catch (error) {
    if (statusOf(error) !== 409 || !wordsOf(error).includes('in progress')) throw error;
    // Somebody else removes it at this moment.
    const query = { condition: 'removed' };
    await daemon.send('POST', `/containers/${containerId}/wait`, { doing, query, fine: [404] });
  }
}
