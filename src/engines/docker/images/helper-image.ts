import { MsaError } from '../../../model/errors.ts';
import { platformRole } from '../containers/labels.ts';
import { readContainers, readImages } from '../containers/snapshot.ts';
import type { Session } from '../session.ts';

/** The image that the platform of this workspace runs from: it has Node, and it is here. */
export async function helperImage({ daemon, place }: Session): Promise<string> {
  const containers = await readContainers(daemon, place.workspace);
  const platform = containers.find(({ role }) => role === 'registry' || role === 'gateway');
  if (platform !== undefined) return platform.imageId;
  const image = (await readImages(daemon, place.workspace)).find(({ role }) => role === platformRole);
  if (image !== undefined) return image.id;
  throw new MsaError('MSA_NOT_RUNNING', 'the image of the platform is not here', { hint: 'Make it: msa up' });
}
