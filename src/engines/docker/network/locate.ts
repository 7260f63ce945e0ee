import { networkInterfaces } from 'node:os';

import type { NetworkInspectInfo } from 'dockerode';

import { MsaError } from '../../../model/errors.ts';
import { publicHost, schemeOf } from '../../../plan/public-host.ts';
import { databaseUrl, redisUrl } from '../../../plan/stores.ts';
import type { LocateRequest, Locations } from '../../../ports/engine.ts';
import { edgeKey, edgePorts } from '../../../protocol/edge-port.ts';
import { registryPort } from '../../../protocol/ports.ts';
import { databasePassword } from '../containers/database-password.ts';
import { findNetwork, readContainers, type Published } from '../containers/snapshot.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { isLocal } from '../daemon/find-docker.ts';
import type { Located, Session } from '../session.ts';
import { chooseAutoPort, requireFreePort, seedOf } from './ports.ts';
import { chooseSubnet, parseSubnet, platformAddress, type Subnet } from './subnet.ts';

/** Decides where everything is, as far as it has not been decided by what runs. */
export async function locateDocker(session: Session, request: LocateRequest): Promise<Locations> {
  const located = await decide(session, request);
  session.located = located;
  const { subnet, gateway } = located;
  const ports = edgePorts(request.edges);
  return {
    publicUrl: `${schemeOf(request.gatewaySecure)}://${publicHost(gateway.bind, machineOf(session.daemon))}:${gateway.port}`,
    gatewayPort: gateway.port,
    registryUrl: `http://registry:${registryPort}`,
    redisUrl,
    databaseUrls: new Map(
      request.databases.map((service) => [service, databaseUrl(service, databasePassword(session.place))]),
    ),
    edges: new Map(
      request.edges.map(({ caller, callee }) => {
        const port = ports.get(edgeKey(caller, callee)) ?? 0;
        return [edgeKey(caller, callee), { port, url: `http://gateway:${port}` }];
      }),
    ),
    trustedProxies: platformAddress(subnet, 'gateway'),
    distinctAddresses: true,
  };
}

async function decide(session: Session, request: LocateRequest): Promise<Located> {
  const { daemon, place } = session;
  const [network, containers] = await Promise.all([
    findNetwork(daemon, place.workspace),
    readContainers(daemon, place.workspace),
  ]);
  const own = containers.find(({ role }) => role === 'gateway')?.published;
  const [subnet, port] = await Promise.all([
    // Asked again before the network stands, it says the same as the first time.
    parseSubnet(network?.subnet ?? '') ?? session.located?.subnet ?? freeSubnet(daemon, place.workspace),
    choosePort(session, request, own),
  ]);
  return { subnet, gateway: { bind: request.gatewayBind, port } };
}

async function choosePort(
  { daemon, place, located }: Session,
  { gatewayPort }: LocateRequest,
  own: Published | undefined,
): Promise<number> {
  if (gatewayPort === 'auto') return own?.port ?? located?.gateway.port ?? chooseAutoPort(daemon, place.workspace);
  if (own?.port !== gatewayPort) await requireFreePort(daemon, gatewayPort);
  return gatewayPort;
}

/** The machine that Docker publishes on, as this one reaches it. */
function machineOf({ host }: Daemon): string {
  return isLocal(host) || host.connection.kind === 'socket' ? 'localhost' : host.connection.host;
}

async function freeSubnet(daemon: Daemon, workspace: string): Promise<Subnet> {
  const networks = await daemon.get<NetworkInspectInfo[]>('/networks', {}, { doing: 'list the networks' });
  const used = networks.flatMap(({ IPAM: ipam }) => (ipam?.Config ?? []).map(({ Subnet: range }) => range ?? ''));
  const own = isLocal(daemon.host) ? Object.values(networkInterfaces()).flat() : [];
  const ranges = [...used, ...own.map((address) => address?.cidr ?? '')];
  const subnet = chooseSubnet(
    seedOf(workspace),
    ranges.flatMap((range) => parseSubnet(range) ?? []),
  );
  if (subnet !== undefined) return subnet;
  throw new MsaError('MSA_ENGINE_FAILED', 'no range of addresses in 10.0.0.0/8 is free for a network', {
    hint: 'See which networks take them: docker network ls',
  });
}
