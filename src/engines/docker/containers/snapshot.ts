import type { ContainerInfo, ContainerInspectInfo, ImageInfo, NetworkInspectInfo } from 'dockerode';

import type { Role } from '../../../plan/desired.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { statusOf } from '../daemon/daemon-error.ts';
import { helperRole, isRole, ofWorkspace, labels, platformRole } from './labels.ts';

/** All that is in Docker of one workspace, as its labels tell it. */
export interface Snapshot {
  readonly network: NetworkFound | undefined;
  readonly containers: readonly ContainerFound[];
  /** By tag; the platform's own image is there whichever workspace made it. */
  readonly images: readonly ImageFound[];
}

export interface NetworkFound {
  readonly id: string;
  /** `10.12.16.0/22` */
  readonly subnet: string;
}

export interface ContainerFound {
  readonly containerId: string;
  readonly instance: string;
  readonly unit: string;
  readonly role: Role;
  readonly index: number;
  readonly hash: string;
  readonly address: string;
  /** What it listens on inside. */
  readonly port: number;
  readonly imageId: string;
  /** As the image was named when it was made. */
  readonly image: string;
  /** The daemon's word: `running`, `restarting`, `exited`, … */
  readonly state: string;
  readonly token: string | undefined;
  readonly published: Published | undefined;
  readonly secure: boolean;
}

/** A port on the machine. */
export interface Published {
  readonly bind: string;
  readonly port: number;
}

export interface ImageFound {
  readonly id: string;
  readonly tags: readonly string[];
  readonly role: string | undefined;
  readonly unit: string | undefined;
}

/** Reads containers, images and network at once. */
export async function readSnapshot(daemon: Daemon, workspace: string): Promise<Snapshot> {
  const [containers, images, network] = await Promise.all([
    readContainers(daemon, workspace),
    readImages(daemon, workspace),
    findNetwork(daemon, workspace),
  ]);
  return { network, containers, images };
}

/** The containers of a workspace, in the order of their instances' names. */
export async function readContainers(daemon: Daemon, workspace: string): Promise<readonly ContainerFound[]> {
  const list = await daemon.get<ContainerInfo[]>(
    '/containers/json',
    { all: true, filters: ofWorkspace(workspace) },
    { doing: 'list the containers' },
  );
  return list
    .flatMap((container) => containerFound(container) ?? [])
    .toSorted((left, right) => left.unit.localeCompare(right.unit) || left.index - right.index);
}

function containerFound(info: ContainerInfo): ContainerFound | undefined {
  const { Labels: has } = info;
  const role = has[labels.role];
  if (role === helperRole || !isRole(role)) return undefined;
  const [endpoint] = Object.values(info.NetworkSettings.Networks);
  return {
    containerId: info.Id,
    instance: has[labels.instance] ?? '',
    unit: has[labels.service] ?? '',
    role,
    index: Number(has[labels.index]),
    hash: has[labels.hash] ?? '',
    // The configured one: what does not run at the moment has no other.
    address: endpoint?.IPAMConfig?.IPv4Address ?? endpoint?.IPAddress ?? '',
    port: Number(has[labels.port]),
    imageId: info.ImageID,
    image: info.Image,
    state: info.State,
    token: has[labels.token],
    published: parsePublished(has[labels.published]),
    secure: has[labels.secure] === 'true',
  };
}

export function renderPublished({ bind, port }: Published): string {
  return `${bind}:${port}`;
}

function parsePublished(text: string | undefined): Published | undefined {
  const [, bind, port] = /^(.*):(\d+)$/.exec(text ?? '') ?? [];
  return bind === undefined || port === undefined ? undefined : { bind, port: Number(port) };
}

/** Images made for this workspace, and those of our own programs. */
export async function readImages(daemon: Daemon, workspace: string): Promise<readonly ImageFound[]> {
  const list = await daemon.get<(Omit<ImageInfo, 'RepoTags'> & { RepoTags: string[] | null })[]>(
    '/images/json',
    { filters: { label: [labels.role] } },
    { doing: 'list the images' },
  );
  const found = list.map(({ Id, RepoTags, Labels: has }) => ({
    id: Id,
    // Some versions give null for an image without a tag, some this.
    tags: (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    role: has[labels.role],
    unit: has[labels.service],
    workspace: has[labels.workspace],
  }));
  return found.filter((image) => image.role === platformRole || image.workspace === workspace);
}

export async function findNetwork(daemon: Daemon, workspace: string): Promise<NetworkFound | undefined> {
  const [network] = await daemon.get<NetworkInspectInfo[]>(
    '/networks',
    { filters: ofWorkspace(workspace) },
    { doing: 'list the networks' },
  );
  if (network === undefined) return undefined;
  return { id: network.Id, subnet: network.IPAM?.Config?.[0]?.Subnet ?? '' };
}

/** One container in all detail; undefined when it is gone by now. */
export async function inspectContainer(daemon: Daemon, id: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await daemon.get<ContainerInspectInfo>(`/containers/${id}/json`, {}, { doing: 'look at a container' });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
