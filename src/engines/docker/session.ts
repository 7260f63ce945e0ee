import { randomBytes } from 'node:crypto';

import type { Place } from '../../ports/engine.ts';
import type { EngineOptions } from '../create-engines.ts';
import { createInstanceTable, type InstanceTable } from './containers/instance-table.ts';
import { readContainers, type ContainerFound, type Published } from './containers/snapshot.ts';
import type { Daemon } from './daemon/daemon.ts';
import type { Builder } from './images/builder.ts';
import type { Images } from './images/images.ts';
import type { Pulls } from './images/pulls.ts';
import type { Publisher } from './network/publisher.ts';
import type { RegistryReach } from './network/registry-reach.ts';
import type { Subnet } from './network/subnet.ts';

/** What one engine has and remembers while one command runs. */
export interface Session {
  readonly daemon: Daemon;
  readonly place: Place;
  readonly options: EngineOptions;
  readonly images: Images;
  readonly builder: Builder;
  readonly pulls: Pulls;
  readonly publisher: Publisher;
  readonly registry: RegistryReach;
  /** What `locate` has decided; undefined until it was asked. */
  located: Located | undefined;
  /** Databases that are known to be there, each with the check that found or made it. */
  readonly databases: Map<string, Promise<void>>;
  /** What was there when this command began to change something. */
  beginning: Promise<Beginning> | undefined;
}

export interface Located {
  readonly subnet: Subnet;
  readonly gateway: Published;
}

interface Beginning {
  readonly containers: readonly ContainerFound[];
  readonly table: InstanceTable;
  /** What writes to the registry need: what the running platform has, else a new one. */
  readonly token: string;
}

export function beginningOf(session: Session): Promise<Beginning> {
  session.beginning ??= readContainers(session.daemon, session.place.workspace).then((containers) => ({
    containers,
    table: createInstanceTable(containers),
    token: tokenIn(containers) ?? randomBytes(24).toString('hex'),
  }));
  return session.beginning;
}

function tokenIn(containers: readonly ContainerFound[]): string | undefined {
  return containers.find(({ token }) => token !== undefined)?.token;
}
