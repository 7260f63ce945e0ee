import { MsaError } from '../../model/errors.ts';
import type { EngineFacts } from '../../ports/engines.ts';
import type { EngineOptions } from '../create-engines.ts';
import { createDaemon, type Daemon } from './daemon.ts';
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
  const { Version } = await daemon.get<{ Version: string }>(
    '/version',
    {},
    { doing: 'be reached', timeoutMs: probeTimeoutMs },
  );
  return Version;
}
