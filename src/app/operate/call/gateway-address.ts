import { MsaError } from '../../../model/errors.ts';
import { schemeOf } from '../../../plan/public-host.ts';
import type { Observation } from '../../../plan/observation.ts';

export interface GatewayAddress {
  /** Where to connect to. */
  readonly connectTo: string;
  /** How people write it: `http://localhost:8080`. */
  readonly origin: string;
  /** Every way to write it. */
  readonly origins: readonly string[];
}

const everywhere: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['[::]', '[::1]'],
]);
const usualPort = { http: '80', https: '443' };
const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Where the gateway of a running system is reached from this machine. */
export function gatewayAddress({ instances }: Pick<Observation, 'instances'>): GatewayAddress {
  const gateway = instances.find(({ role, state }) => role === 'gateway' && state !== 'gone');
  const [, bound, port] = /^(.+):(\d+)$/.exec(gateway?.published ?? '') ?? [];
  if (bound === undefined || port === undefined) {
    throw new MsaError('MSA_GATEWAY_UNREACHABLE', 'the gateway of this system does not run', { hint: 'msa up' });
  }
  const host = everywhere.get(bound) ?? bound;
  const hosts = loopback.includes(host) ? loopback : [host];
  const scheme = schemeOf(gateway?.secure);
  // The scheme's own port is never written, so that addresses can be compared.
  const suffix = port === usualPort[scheme] ? '' : `:${port}`;
  const origins = hosts.map((name) => `${scheme}://${name}${suffix}`);
  return { connectTo: `${scheme}://${host}:${port}`, origin: origins[0] ?? '', origins };
}

/** True when an absolute address is one of this gateway. */
export function isAtGateway({ origins }: GatewayAddress, url: string): boolean {
  return origins.includes(/^[a-z]+:\/\/[^/?#]*/.exec(url)?.[0] ?? '');
}

/** How a user may write an address of this gateway: its path alone. */
export function pathOf(gateway: GatewayAddress, url: string): string {
  return isAtGateway(gateway, url) ? url.replace(/^[a-z]+:\/\/[^/?#]*/, '') || '/' : url;
}
