import { MsaError } from '../../../model/errors.ts';
import type { EngineFacts } from '../../../ports/engines.ts';
import type { EngineOptions } from '../../create-engines.ts';
import { createDaemon, type Daemon } from './daemon.ts';
import { statusOf, wordsOf } from './daemon-error.ts';
import { findDocker } from './find-docker.ts';

/** A daemon that runs answers within milliseconds; one in a machine far away within this. */
const probeTimeoutMs = 2000;

/** Whether a Docker engine can be used now. */
export async function probeDocker(options: EngineOptions): Promise<EngineFacts> {
  try {
    const daemon = createDaemon(findDocker(options.env));
    const version = await versionOf(daemon);
    daemon.disconnect();
    return { available: true, detail: `Docker ${version}` };
  } catch (error) {
    if (error instanceof MsaError) return { available: false, detail: error.message };
    throw error;
  }
}

/** A way to the daemon that has been tried. Throws MSA_ENGINE_UNAVAILABLE with the remedy. */
export async function connectDocker(options: EngineOptions): Promise<Daemon> {
  const daemon = createDaemon(findDocker(options.env));
  await versionOf(daemon);
  return daemon;
}

async function versionOf(daemon: Daemon): Promise<string> {
  const options = { doing: 'be reached', timeoutMs: probeTimeoutMs };
  const answer = await daemon
    .get<{ Version?: unknown } | undefined>('/version', {}, options)
    .catch((error: unknown) => {
      throw statusOf(error) === undefined ? error : noEngine(daemon, wordsOf(error));
    });
  if (typeof answer?.Version === 'string') return answer.Version;
  throw noEngine(daemon, 'it gives no version');
}

/** Another server, or a proxy in between that does not reach it. */
function noEngine({ host: { url, source } }: Daemon, why: string): MsaError {
  return new MsaError('MSA_ENGINE_UNAVAILABLE', `what answers at ${url} (${source}) is no Docker engine: ${why}`, {
    hint: 'Correct the address, or run without it: msa up --engine process',
  });
}
