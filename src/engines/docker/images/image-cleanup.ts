import type { Desired, Unit } from '../../../plan/desired.ts';
import { labels, platformRole } from '../containers/labels.ts';
import { readImages, type ContainerFound, type ImageFound } from '../containers/snapshot.ts';
import type { Session } from '../session.ts';

/** Removes the images that a unit ran from before its present one, tagged or not. */
export async function removeSuperseded(session: Session, unit: Unit): Promise<void> {
  const target = session.images.targetOf(unit);
  if (target === undefined) return;
  const isPlatform = target.labels[labels.role] === platformRole;
  await removeImages(
    session,
    (image) =>
      (isPlatform ? image.role === platformRole : image.unit === unit.name) && !image.tags.includes(target.tag),
  );
}

/** Removes the images of ours that have no name any more, because what was built since has taken it. */
export async function removeUntagged(session: Session): Promise<void> {
  await removeImages(session, ({ tags }) => tags.length === 0);
}

/** One that a container still uses is refused by the daemon, and stays until that container goes. */
async function removeImages({ daemon, place }: Session, isOld: (image: ImageFound) => boolean): Promise<void> {
  const old = (await readImages(daemon, place.workspace)).filter((image) => isOld(image));
  // By name where it has one: others may have given the same image names of their own.
  const names = old.flatMap(({ id, tags }) => (tags.length === 0 ? [id] : tags));
  const options = { doing: 'remove an image that is not used any more', fine: [404, 409] };
  await Promise.all(names.map((name) => daemon.send('DELETE', `/images/${name}`, options)));
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
