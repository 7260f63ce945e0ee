import type { Role } from '../../../plan/desired.ts';
import { roles } from '../../../plan/desired.ts';

/** Labels on everything of ours: they are all the state there is. */
export const labels = {
  workspace: 'msa.workspace',
  directory: 'msa.dir',
  role: 'msa.role',
  /** Name of the unit. */
  service: 'msa.service',
  instance: 'msa.instance',
  index: 'msa.index',
  hash: 'msa.hash',
  /** What it listens on inside. */
  port: 'msa.port',
  /** `127.0.0.1:8080`, where it has a port on the machine; the daemon lists it only while it runs. */
  published: 'msa.published',
  /** What is published speaks TLS. */
  secure: 'msa.secure',
  version: 'msa.version',
  /** What writes to the registry need; on the registry and on the gateway, so that either can be replaced. */
  token: 'msa.token',
} as const;

/** Role of containers that live for a moment, to look at another from inside. */
export const helperRole = 'helper';
/** Role of the image that our own programs and helpers run from. */
export const platformRole = 'platform';

export function isRole(text: string | undefined): text is Role {
  return roles.some((role) => role === text);
}

/** Names that containers are found under by people; msa itself goes by labels. */
export function containerName(workspace: string, instance: string): string {
  return `${workspace}-${instance}`;
}

/** Filter of the daemon's lists: what belongs to a workspace. */
export function ofWorkspace(workspace: string): Record<string, readonly string[]> {
  return { label: [`${labels.workspace}=${workspace}`] };
}
