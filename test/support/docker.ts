import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a Docker engine answers. In CI its absence is a failure, not a reason to skip. */
export const hasDocker = ((): boolean => {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    if (process.env['MSA_REQUIRE_DOCKER'] === '1')
      throw new Error('MSA_REQUIRE_DOCKER is set and no Docker engine answers');
    process.stderr.write('Tests with Docker are skipped: no engine answers.\n');
    return false;
  }
})();

/** Runs the Docker client and gives its output; its complaint is part of the error. */
export async function docker(...argv: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', argv, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

export interface Container extends AsyncDisposable {
  readonly id: string;
  /** The address on this machine of a port that the container publishes. */
  readonly address: (port: number) => Promise<string>;
}

/** Starts a container that is removed, with its volumes, at the end of its `await using` scope. */
export async function startContainer(image: string, options: readonly string[] = []): Promise<Container> {
  const name = `msa-test-${randomBytes(6).toString('hex')}`;
  const id = await docker('run', '--detach', '--init', '--name', name, '--label', 'msa.test', ...options, image);
  return {
    id,
    address: async (port) => (await docker('port', id, String(port))).split('\n')[0] ?? '',
    [Symbol.asyncDispose]: async () => {
      await docker('rm', '--force', '--volumes', id);
    },
  };
}
