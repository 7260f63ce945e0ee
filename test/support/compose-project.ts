import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { docker } from './docker.ts';
import { freePorts } from './free-port.ts';

const run = promisify(execFile);

export type ComposeProject = Awaited<ReturnType<typeof composeProject>>;

/**
 * An exported system, as somebody without msa has it: a folder and Docker Compose. At the end of its `await using`
 * scope nothing of it is left.
 */
export async function composeProject(folder: string) {
  const name = `msa-test-${randomBytes(6).toString('hex')}`;
  const [gatewayPort, registryPort] = await freePorts(2);
  const env = { ...process.env, GATEWAY_PORT: String(gatewayPort), REGISTRY_PORT: String(registryPort) };
  const compose = async (...argv: readonly string[]): Promise<string> => {
    const { stdout } = await run('docker', ['compose', '--project-name', name, ...argv], { cwd: folder, env });
    return stdout.trim();
  };
  const containers = async (...services: readonly string[]): Promise<readonly string[]> =>
    linesOf(await compose('ps', '--all', '--quiet', ...services));
  return {
    name,
    gateway: `http://localhost:${gatewayPort}/`,
    registry: `http://localhost:${registryPort}`,
    compose,
    /** Their ids; of all services when none is named. */
    containers,
    /** The id of any of them. */
    container: async (service: string): Promise<string> => {
      const [id] = await containers(service);
      if (id === undefined) throw new Error(`${service} has no container`);
      return id;
    },
    /** Names of what there is in Docker by the project's label, and of everything with a name like its own. */
    things: async (): Promise<readonly string[]> => {
      const filter = ['--filter', `label=com.docker.compose.project=${name}`];
      const found = await Promise.all([
        docker('ps', '--all', ...filter, '--format', '{{.Names}}'),
        docker('network', 'ls', ...filter, '--format', '{{.Name}}'),
        docker('volume', 'ls', ...filter, '--format', '{{.Name}}'),
        docker('image', 'ls', '--filter', `reference=${name}*`, '--format', '{{.Repository}}'),
      ]);
      return found.flatMap(linesOf);
    },
    [Symbol.asyncDispose]: async () => {
      await compose('down', '--volumes', '--rmi', 'local', '--timeout', '5');
    },
  };
}

/** Ports that nobody listens on at this moment. */

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
