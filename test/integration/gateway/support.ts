import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import {
  createGateway,
  type Gateway,
  type GatewayConfig,
  type GatewayDeps,
} from '../../../src/gateway/create-gateway.ts';
import type { Instance } from '../../../src/protocol/instances.ts';
import { servicesOf } from '../../../src/protocol/route-services.ts';
import type { GatewayPolicy } from '../../../src/protocol/policy.ts';
import type { SystemEdge, SystemRoute } from '../../../src/protocol/system.ts';
import type { WatchState } from '../../../src/protocol/watch.ts';

/** Where a program listens. */
export interface Address {
  readonly address: string;
  readonly port: number;
}

export function instance(id: string, { address, port }: Address, more: Partial<Instance> = {}): Instance {
  const service = id.replace(/-\d+$/, '');
  const rest = { draining: false, status: 'up', since: '2026-01-01T00:00:00Z', source: 'engine', problem: '' } as const;
  return { id, service, address, port, ...rest, ...more };
}

export function route(path: string, service: string, more: Partial<SystemRoute> = {}): SystemRoute {
  return { path, service, timeoutMs: 5000, retryAttempts: 2, ...more };
}

export function edge(key: string, port: number, more: Partial<SystemEdge> = {}): SystemEdge {
  const [caller = '', callee = ''] = key.split('>');
  return { caller, callee, port, timeoutMs: 5000, retryAttempts: 2, checkCaller: false, ...more };
}

interface StateParts {
  readonly instances?: readonly Instance[];
  readonly routes?: readonly SystemRoute[];
  readonly edges?: readonly SystemEdge[];
  readonly revision?: number;
  readonly gateway?: GatewayPolicy;
}

let revisions = 0;

export function stateOf({
  instances = [],
  routes = [],
  edges = [],
  gateway,
  revision = (revisions += 1),
}: StateParts): WatchState {
  const names = new Set([...instances.map(({ service }) => service), ...routes.flatMap((each) => servicesOf(each))]);
  const services = [...names].map((name) => ({ name, health: { kind: 'tcp' } as const }));
  const system = {
    workspace: 'shop-abc123',
    name: 'shop',
    version: 'v1',
    services,
    routes,
    edges,
    ...(gateway && { gateway }),
  };
  return { type: 'state', epoch: 'epoch-1', revision, system, instances };
}

export interface TestGateway extends AsyncDisposable, Address {
  readonly url: string;
  readonly adminUrl: string;
  readonly gateway: Gateway;
  /** What it has logged so far, parsed. */
  readonly log: () => Record<string, unknown>[];
}

export async function startGateway(
  state: WatchState,
  { features, ...config }: Partial<GatewayConfig> & Pick<GatewayDeps, 'features'> = {},
): Promise<TestGateway> {
  let text = '';
  const base = { host: '127.0.0.1', port: 0, adminPort: 0, instanceId: 'gateway-1', logLevel: 'info' } as const;
  const none = { registry: undefined, stateFile: undefined, publicUrl: undefined };
  const gateway = createGateway(
    { ...base, ...none, ...config },
    {
      write: (lines) => (text += lines),
      ...(features && { features }),
    },
  );
  await gateway.listen();
  await gateway.apply(state);
  const lines = (): string[] => text.split('\n').filter((line) => line !== '');
  return {
    gateway,
    address: '127.0.0.1',
    port: gateway.port,
    url: `http://127.0.0.1:${gateway.port}`,
    adminUrl: `http://127.0.0.1:${gateway.adminPort}`,
    log: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

export interface Upstream extends Address, AsyncDisposable {}

/** A service written with node:http. */
export async function startUpstream(listener: RequestListener): Promise<Upstream> {
  const server = createHttpServer(listener);
  return manage(server);
}

/** A service that speaks bytes: it is given each request as it arrived, from a reader that knows no HTTP but the end of the head. */
export async function startRawUpstream(serve: (socket: Socket, head: string) => void): Promise<Upstream> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end + 4);
        text = text.slice(end + 4);
        serve(socket, head);
      }
    });
  });
  return manage(server);
}

async function manage(server: Server): Promise<Upstream> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dispose = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const socket of connections) socket.destroy();
    await once(server, 'close');
  };
  return { address: '127.0.0.1', port, [Symbol.asyncDispose]: dispose };
}

/** A port nobody listens on. */
export async function closedPort(): Promise<Address> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return { address: '127.0.0.1', port };
}

/** A connection that may be broken off by either side. */
export function openSocket({ address, port }: Address): Socket {
  return connect(port, address).on('error', () => undefined);
}

/** Sends bytes and gives what comes back until the other side ends, or until the text satisfies `enough`. */
export async function exchangeBytes(
  { address, port }: Address,
  bytes: string,
  enough: (text: string) => boolean = () => false,
): Promise<{ readonly text: string; readonly ended: 'end' | 'reset' | 'open' }> {
  const socket = connect(port, address);
  let text = '';
  let ended: 'end' | 'reset' | 'open' = 'open';
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (enough(text)) resolve();
    });
    socket.on('end', () => ((ended = 'end'), resolve()));
    socket.on('error', () => ((ended = 'reset'), resolve()));
    socket.on('close', () => resolve());
    socket.write(bytes, 'latin1');
  });
  socket.destroy();
  return { text, ended };
}

/** The bytes of a GET. */
export function getBytes(path: string, fields = ''): string {
  return `GET ${path} HTTP/1.1\r\nhost: shop\r\n${fields}\r\n`;
}

/** A gateway whose only route leads to this service. */
export function gatewayTo(upstream: Upstream): Promise<TestGateway> {
  return startGateway(stateOf({ instances: [instance('web-1', upstream)], routes: [route('/', 'web')] }));
}

/** A service that answers each request with these bytes, and writes down what it got. */
export async function answering(bytes: string, after: 'keep' | 'close' | 'reset' = 'keep') {
  const seen: string[] = [];
  const upstream = await startRawUpstream((socket, head) => {
    seen.push(head);
    socket.write(bytes, 'latin1', () => {
      if (after === 'close') socket.end();
      if (after === 'reset') socket.resetAndDestroy();
    });
  });
  return { ...upstream, seen };
}
