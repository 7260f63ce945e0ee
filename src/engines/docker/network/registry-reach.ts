import type { ContainerFound } from '../containers/snapshot.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { isLocal } from '../daemon/find-docker.ts';
import type { Tunnel } from '../daemon/tunnel.ts';

/** The way from this machine to the registry's listener. */
export interface RegistryReach {
  /** `http://127.0.0.1:8761`; undefined when this is no registry that runs. */
  readonly urlOf: (registry: ContainerFound | undefined) => Promise<string | undefined>;
  readonly close: () => void;
}

type Env = Readonly<Record<string, string | undefined>>;

/** On this machine by the port it publishes; a port published on another machine's loopback takes a tunnel. */
export function createRegistryReach({ host }: Daemon, env: Env): RegistryReach {
  const tunnels = new Map<string, Promise<Tunnel>>();
  const tunnelTo = async ({ containerId, port }: ContainerFound): Promise<Tunnel> => {
    const { openTunnel } = await import('../daemon/tunnel.ts');
    const tunnel = tunnels.get(containerId) ?? openTunnel(host, env, { containerId, port });
    tunnels.set(containerId, tunnel);
    return tunnel;
  };
  return {
    urlOf: async (registry) => {
      if (registry?.published === undefined || registry.state !== 'running') return undefined;
      const port = isLocal(host) ? registry.published.port : (await tunnelTo(registry)).port;
      return `http://127.0.0.1:${port}`;
    },
    close: () => {
      for (const tunnel of tunnels.values()) void tunnel.then(({ close }) => close());
    },
  };
}
