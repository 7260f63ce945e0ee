import type { Desired, Unit } from '../../plan/desired.ts';
import { tolerate } from './containers.ts';
import { platformRole } from './labels.ts';
import type { Session } from './session.ts';
import { readImages, type ContainerFound } from './snapshot.ts';

/**
 * Removes the images that a unit ran from before its present one, tagged or not. One that a container still uses is
 * refused by the daemon and stays until that container goes.
 */
export async function removeSuperseded({ daemon, place, images }: Session, unit: Unit): Promise<void> {
  const target = images.targetOf(unit);
  if (target === undefined) return;
  const all = await readImages(daemon, place.workspace);
  const isPlatform = target.unit === platformRole;
  const old = all.filter(
    (image) =>
      (isPlatform ? image.role === platformRole : image.unit === unit.name) && !image.tags.includes(target.tag),
  );
  await daemon.call('remove an image that is not used any more', (client) =>
    Promise.all(
      old.map(async ({ id, tags }) => {
        // By name where it has one: others may have given the same image names of their own.
        for (const name of tags.length === 0 ? [id] : tags) await tolerate([404, 409], client.getImage(name).remove());
      }),
    ),
  );
}

/** After an instance has gone: its image goes with it when its unit has another by now. */
export async function removeImageLeftBy(
  session: Session,
  { unit: unitName, image }: ContainerFound,
  { units }: Desired,
): Promise<void> {
  const unit = units.find(({ name }) => name === unitName);
  if (unit !== undefined && session.images.nameOf(unit) !== image) await removeSuperseded(session, unit);
}
