import { clientEnvironment, clientMissing } from '../daemon/docker-client.ts';
import type { Session } from '../session.ts';
import { requireContainer } from './require-container.ts';

/** Runs a command beside an instance, connected to this terminal; gives its exit code. */
export async function execInInstance(
  { daemon, place, options }: Session,
  instance: string,
  command: readonly string[],
): Promise<number> {
  const { containerId } = await requireContainer(daemon, place.workspace, instance);
  const { execa } = await import('execa');
  const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const argv = ['exec', '--interactive', ...(onTerminal ? ['--tty'] : []), containerId, ...command];
  const result = await execa('docker', argv, {
    stdio: 'inherit',
    env: clientEnvironment(daemon.host, options.env),
    extendEnv: false,
    reject: false,
  });
  if (result.code === 'ENOENT') throw clientMissing(result.cause);
  return result.exitCode ?? 1;
}
