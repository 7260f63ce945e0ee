import type { ContainerCreateOptions, HostConfig } from 'dockerode';

import type { Daemon } from '../daemon/daemon.ts';
import { readStream } from '../daemon/read-stream.ts';
import { removeContainer } from './containers.ts';
import { helperRole, labels } from './labels.ts';

/** A container of our own image that lives for one script, and removes itself also when msa is killed meanwhile. */
export interface Helper {
  /** Of Node, given to it as text. */
  readonly script: string;
  readonly image: string;
  readonly workspace: string;
  /** What it shares with the container it looks at. */
  readonly host: HostConfig;
}

const doing = 'run a helper container';

/** Runs a script; gives its exit code. */
export async function runHelper(daemon: Daemon, helper: Helper): Promise<number> {
  const containerId = await createHelper(daemon, helper);
  return startHelper(daemon, containerId);
}

/** Runs a script; gives what it wrote, or undefined when it did not succeed. */
export async function readFromHelper(daemon: Daemon, helper: Helper): Promise<string | undefined> {
  const containerId = await createHelper(daemon, helper);
  const output = await daemon.stream(doing, async (client) => {
    const stream = await client.getContainer(containerId).attach({ stream: true, stdout: true });
    return { text: readStream(client, stream) };
  });
  const [exitCode, text] = await Promise.all([startHelper(daemon, containerId), output.text]);
  return exitCode === 0 ? text : undefined;
}

async function createHelper(daemon: Daemon, { script, image, workspace, host }: Helper): Promise<string> {
  const body: ContainerCreateOptions = {
    Image: image,
    Cmd: ['node', '--eval', script],
    User: '0:0',
    Labels: { [labels.workspace]: workspace, [labels.role]: helperRole },
    HostConfig: {
      AutoRemove: true,
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges:true'],
      ...host,
    },
  };
  const made = await daemon.send<{ Id: string }>('POST', '/containers/create', { doing, body });
  return made?.Id ?? '';
}

async function startHelper(daemon: Daemon, containerId: string): Promise<number> {
  // Asked before it runs, or it might be gone before it is asked.
  const removed = daemon.send<{ StatusCode: number }>('POST', `/containers/${containerId}/wait`, {
    doing,
    query: { condition: 'removed' },
  });
  try {
    await daemon.send('POST', `/containers/${containerId}/start`, { doing });
  } catch (error) {
    removed.catch(() => undefined);
    await removeContainer(daemon, containerId);
    throw error;
  }
  const end = await removed;
  return end?.StatusCode ?? 0;
}
