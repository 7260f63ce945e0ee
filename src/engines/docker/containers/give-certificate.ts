import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { MsaError } from '../../../model/errors.ts';
import { certificatePaths, stateDirectory } from '../../../plan/containers.ts';
import type { Unit } from '../../../plan/desired.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { packFiles } from './pack-files.ts';

/** Whom our programs run as in the image: `node`. */
const platformUser = 1000;

/**
 * Puts the certificate of the gateway and its key into the container, into the volume that goes with it. Not by a
 * variable, which `docker inspect` shows, and not by a mount, since the daemon may be on another machine.
 */
export async function giveCertificate(daemon: Daemon, containerId: string, { certificate }: Unit): Promise<void> {
  if (certificate === undefined) return;
  const [cert, key] = await Promise.all([readPem(certificate.certFile), readPem(certificate.keyFile)]);
  const files = [
    { name: basename(certificatePaths.certFile), content: cert },
    { name: basename(certificatePaths.keyFile), content: key },
  ];
  const archive = packFiles(files, { owner: platformUser, mode: 0o400 });
  await daemon.stream('give the gateway its certificate', (client) =>
    client.getContainer(containerId).putArchive(archive, { path: stateDirectory }),
  );
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MsaError('MSA_READ_FAILED', `${file} cannot be read`, { cause });
  }
}
