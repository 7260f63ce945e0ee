import type { HostConfig } from 'dockerode';

import { maxProcesses, rootCapabilities } from '../../../plan/containers.ts';
import type { Unit } from '../../../plan/desired.ts';

interface Confined {
  readonly unit: Unit;
  readonly imageUser: string;
}

/**
 * Our own programs, the stores, and folders whose image does not run as root get nothing they do not need. An image
 * that runs as root was not made for that (it changes its user, or writes beside its program): it keeps what such images
 * need, but not what others on its network would have to fear. What the user names by `image:` stays as it is.
 */
export function hardeningOf({ unit, imageUser }: Confined): HostConfig {
  const { role, program } = unit;
  if (role === 'service' && program.kind === 'image') return {};
  const confined = { CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'], PidsLimit: maxProcesses };
  if (role === 'service' && isRoot(imageUser)) return { ...confined, CapAdd: [...rootCapabilities] };
  return { ...confined, ReadonlyRootfs: true, Tmpfs: { '/tmp': 'rw,nosuid,nodev' } };
}

function isRoot(user: string): boolean {
  return ['', '0', 'root'].includes(user.split(':')[0] ?? '');
}
