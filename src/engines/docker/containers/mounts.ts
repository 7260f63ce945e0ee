import type { MountSettings } from 'dockerode';

import { dataDirectories, postgresSocketDirectory, stateDirectory } from '../../../plan/containers.ts';
import type { Role, Unit } from '../../../plan/desired.ts';
import type { Place } from '../../../ports/engine.ts';
import { containerName, labels } from './labels.ts';

/** Where the stores keep what survives `msa down`. */
const dataDirectoryOf: Partial<Record<Role, string>> = dataDirectories;

/** Where else they write; a volume belongs to whom the image gave the directory, a tmpfs would belong to root. */
const otherDirectories: ReadonlyMap<Role, string> = new Map([
  ['registry', stateDirectory],
  ['gateway', stateDirectory],
  ['postgres', postgresSocketDirectory],
]);

/** Volumes: with a name for data, without one (it goes with its container) for what is to survive a crash only. */
export function mountsOf(place: Place, { role, name }: Pick<Unit, 'role' | 'name'>): MountSettings[] {
  const [data, other] = [dataDirectoryOf[role], otherDirectories.get(role)];
  return [
    ...(data === undefined
      ? []
      : [volume(place, role, { Source: containerName(place.workspace, name), Target: data })]),
    ...(other === undefined ? [] : [volume(place, role, { Source: '', Target: other })]),
  ];
}

function volume(
  { workspace, root }: Place,
  role: Role,
  names: Pick<MountSettings, 'Source' | 'Target'>,
): MountSettings {
  const Labels = { [labels.workspace]: workspace, [labels.directory]: root, [labels.role]: role };
  const VolumeOptions = { NoCopy: false, Labels, DriverConfig: { Name: 'local', Options: {} } };
  return { Type: 'volume', ...names, ReadOnly: false, VolumeOptions };
}
