import type { Workspace } from '../model/workspace.ts';
import type { ComposeMapping } from './compose-value.ts';

/** Who shares a network with whom. Undefined: everybody has the default network. */
export interface Networks {
  /** The networks of a service of the workspace, or of one of the platform's. */
  readonly of: (name: string) => readonly string[] | undefined;
  readonly declared: ComposeMapping | undefined;
}

/** With `isolation: strict` every service has a network of its own, with what it may reach: the platform, its store. */
export function planNetworks({ isolation, services }: Workspace): Networks {
  if (isolation === 'open') return { of: () => undefined, declared: undefined };
  const all = services.map(({ name }) => name);
  const usersOf = (store: string): readonly string[] =>
    services.filter((service) => service.store === store).map(({ name }) => name);
  return {
    declared: Object.fromEntries([...all, platformNetwork].map((name) => [name, {}])),
    of: (name) => {
      if (all.includes(name)) return [name];
      // The registry looks whether the stores are there.
      if (name === 'redis' || name === 'postgres') return [platformNetwork, ...usersOf(name)];
      return name === 'gateway' || name === 'registry' ? [platformNetwork, ...all] : [platformNetwork];
    },
  };
}

/** No service has a name with an underscore. */
const platformNetwork = '_platform';
