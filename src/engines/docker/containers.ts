import type Dockerode from 'dockerode';

import { statusOf, wordsOf } from './daemon-error.ts';

/** How long a program has between SIGTERM and SIGKILL. */
const graceSeconds = 10;

/** Stops a container and removes it with its unnamed volumes. It is fine if it is gone already. */
export async function stopAndRemove(client: Dockerode, containerId: string): Promise<void> {
  const container = client.getContainer(containerId);
  await tolerate([304, 404], container.stop({ t: graceSeconds }));
  await removeContainer(client, containerId);
}

export async function removeContainer(client: Dockerode, containerId: string): Promise<void> {
  try {
    await client.getContainer(containerId).remove({ force: true, v: true });
  } catch (error) {
    if (statusOf(error) === 404) return;
    if (statusOf(error) !== 409 || !wordsOf(error).includes('in progress')) throw error;
    // Somebody else removes it at this moment.
    await tolerate([404], client.getContainer(containerId).wait({ condition: 'removed' }));
  }
}

/** Waits for a request whose refusal with one of these statuses means that there is nothing to do. */
export async function tolerate(statuses: readonly number[], request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || !statuses.includes(status)) throw error;
  }
}
