import type { MountSettings } from 'dockerode';

import type { Role } from '../../plan/desired.ts';
import type { ContainerSpec } from './container-spec.ts';
import { stateDirectory } from './images.ts';
import { containerName, labels } from './labels.ts';

/** Where the stores keep what survives `msa down`. */
const dataDirectories: ReadonlyMap<Role, string> = new Map([
  ['redis', '/data'],
  ['postgres', '/var/lib/postgresql/data'],
]);

/** Volumes: with a name for data, without one (it goes with its container) for what is to survive a crash only. */
export function mountsOf({ place, unit }: Pick<ContainerSpec, 'place' | 'unit'>): MountSettings[] {
  if (unit.role === 'service') return [];
  const target = dataDirectories.get(unit.role);
  return [
    {
      Type: 'volume',
      Source: target === undefined ? '' : containerName(place.workspace, unit.name),
      Target: target ?? stateDirectory,
      ReadOnly: false,
      VolumeOptions: {
        NoCopy: false,
        Labels: {
          [labels.workspace]: place.workspace,
          [labels.directory]: place.root,
          [labels.role]: unit.role,
        },
        DriverConfig: { Name: 'local', Options: {} },
      },
    },
  ];
}
