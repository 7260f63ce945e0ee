import { MsaError } from '../../../model/errors.ts';
import type { Unit } from '../../../plan/desired.ts';
import type { Work } from '../../../ports/engine.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { statusOf } from '../daemon/daemon-error.ts';
import type { Session } from '../session.ts';
import { removeSuperseded } from './image-cleanup.ts';

/** Builds what a unit runs from, and removes what it ran from before. */
export async function buildImage(session: Session, unit: Unit, { report, signal }: Work): Promise<void> {
  const target = session.images.targetOf(unit);
  if (target === undefined) return;
  await session.builder.build({ target, report, signal });
  await removeSuperseded(session, unit);
}

/**
 * Whom the image of a unit runs as by itself. An image that is not there is pulled or, when somebody has removed it
 * since it was built, built again.
 */
export async function readyImageUser(session: Session, unit: Unit, work: Work): Promise<string> {
  const image = session.images.nameOf(unit);
  const found = await findImageUser(session.daemon, image);
  if (found !== undefined) return found;
  if (session.images.targetOf(unit) === undefined) await session.pulls.pull(image, work);
  else await buildImage(session, unit, work);
  const user = await findImageUser(session.daemon, image);
  if (user === undefined) throw new MsaError('MSA_ENGINE_FAILED', `Docker has no image ${image} after it was made`);
  return user;
}

async function findImageUser(daemon: Daemon, image: string): Promise<string | undefined> {
  try {
    const details = await daemon.get<{ Config: { User?: string } }>(
      `/images/${image}/json`,
      {},
      { doing: `look at the image ${image}` },
    );
    return details.Config.User ?? '';
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
