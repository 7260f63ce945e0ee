import { PassThrough } from 'node:stream';

import type Dockerode from 'dockerode';

import { labels, helperRole } from './labels.ts';
import type { Daemon } from './daemon.ts';

interface Outcome {
  readonly exitCode: number;
  /** Both streams, as they came. */
  readonly output: string;
}

/** Runs a command beside the program of a container. */
export async function runInContainer(
  daemon: Daemon,
  containerId: string,
  command: { readonly Cmd: string[]; readonly Env: string[] },
): Promise<Outcome> {
  return daemon.callPatiently('run a command in a container', async (client) => {
    const exec = await client.getContainer(containerId).exec({ ...command, AttachStdout: true, AttachStderr: true });
    const output = await collect(client, await exec.start({}));
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? 1, output };
  });
}

/** A container of our own image that lives for one script. */
export interface Helper {
  /** Of Node, given to it as text. */
  readonly script: string;
  readonly image: string;
  readonly workspace: string;
  readonly host: Dockerode.HostConfig;
}

/** Runs a script in a container that removes itself, also when msa is killed meanwhile. */
export async function runHelper(daemon: Daemon, { script, image, workspace, host }: Helper): Promise<Outcome> {
  return daemon.callPatiently('start a helper container', async (client) => {
    const container = await client.createContainer({
      Image: image,
      Cmd: ['node', '--eval', script],
      User: '0:0',
      Labels: { [labels.workspace]: workspace, [labels.role]: helperRole },
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: {
        AutoRemove: true,
        CapDrop: ['ALL'],
        ReadonlyRootfs: true,
        SecurityOpt: ['no-new-privileges:true'],
        ...host,
      },
    });
    // Asked for before it runs, or it may be gone before it is asked for.
    const removed = container.wait({ condition: 'removed' });
    try {
      const stream = await container.attach({ stream: true, stdout: true, stderr: true });
      const output = collect(client, stream);
      await container.start();
      const { StatusCode } = await removed;
      return { exitCode: StatusCode, output: await output };
    } catch (error) {
      removed.catch(() => undefined);
      await container.remove({ force: true }).catch(() => undefined);
      throw error;
    }
  });
}

async function collect(client: Dockerode, stream: NodeJS.ReadableStream): Promise<string> {
  const plain = new PassThrough();
  client.modem.demuxStream(stream, plain, plain);
  stream.on('end', () => plain.end());
  stream.on('error', (error) => plain.destroy(error));
  let text = '';
  for await (const chunk of plain) text += String(chunk);
  return text;
}
