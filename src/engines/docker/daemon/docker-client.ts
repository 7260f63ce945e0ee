import { MsaError } from '../../../model/errors.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { DockerHost } from './find-docker.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface ClientRun {
  readonly argv: readonly string[];
  readonly input?: string;
  readonly onLine: (line: string) => void;
  readonly signal: StopSignal;
}

interface ClientOutcome {
  readonly succeeded: boolean;
  readonly lines: readonly string[];
}

/** Kept of what a command wrote: enough to find its complaint in. */
const maxLines = 2000;

/**
 * Runs the docker client: for builds, which need its BuildKit plugin, and for pulls, which need the user's credentials.
 */
export async function runDockerClient(host: DockerHost, env: Env, run: ClientRun): Promise<ClientOutcome> {
  const { execa } = await import('execa');
  const lines: string[] = [];
  const child = execa('docker', run.argv, {
    ...(run.input === undefined ? { stdin: 'ignore' } : { input: run.input }),
    env: clientEnvironment(host, env),
    extendEnv: false,
    all: true,
    buffer: false,
    reject: false,
    cancelSignal: asAbortSignal(run.signal),
  });
  for await (const line of child.iterable({ from: 'all' })) {
    lines.push(line);
    if (lines.length > maxLines) lines.shift();
    run.onLine(line);
  }
  const result = await child;
  run.signal.throwIfAborted();
  if (result.code === 'ENOENT') throw clientMissing(result.cause);
  return { succeeded: !result.failed, lines };
}

/** The client finds the engine by the same rules; an engine that we have found ourselves is named to it. */
export function clientEnvironment(host: DockerHost, env: Env): Env {
  return host.source === 'DOCKER_HOST' || host.source.startsWith('the context')
    ? env
    : { ...env, DOCKER_HOST: host.url };
}

export function clientMissing(cause: unknown): MsaError {
  return new MsaError('MSA_ENGINE_UNAVAILABLE', 'Docker answers, but its client `docker` is not on PATH', {
    hint: 'Install it with its buildx plugin: https://docs.docker.com/engine/install/',
    cause,
  });
}

function asAbortSignal(signal: StopSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
