import type { Daemon } from '../daemon/daemon.ts';
import { readStream } from '../daemon/read-stream.ts';

interface Outcome {
  readonly exitCode: number;
  /** Both streams, as they came. */
  readonly output: string;
}

/** Runs a command beside the program of a container. */
export function runInContainer(
  daemon: Daemon,
  containerId: string,
  command: { readonly Cmd: string[]; readonly Env: string[] },
): Promise<Outcome> {
  return daemon.stream('run a command in a container', async (client) => {
    const exec = await client.getContainer(containerId).exec({ ...command, AttachStdout: true, AttachStderr: true });
    const output = await readStream(client, await exec.start({}));
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? 1, output };
  });
}
