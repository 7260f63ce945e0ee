import { isIP } from 'node:net';

import { forwardingFields } from './forwarding.ts';
import type { RequestHead } from './request-head.ts';

/** From where a request comes: the peer of its connection, or from where a proxy before the gateway says that it has it. */
export interface Client {
  /** IPv6 without brackets. */
  readonly address: string;
  /** It speaks TLS. */
  readonly secure: boolean;
  /** What services are told of it. */
  forwardingFor(authority: string | undefined): readonly string[];
}

/** Whether what comes from an address was written by a proxy of one's own. */
export type IsTrusted = (address: string) => boolean;

/**
 * Where a request comes from: from its peer, or from where that says that it has it, if it is a proxy that is trusted. Each
 * proxy adds at the right of X-Forwarded-For whom it was asked by: so the first address from there that is no proxy's is
 * the client's, and whatever stands before it is only what the client says.
 */
export function clientBehind(
  peer: Client,
  { forwardedFor, forwardedProto }: RequestHead,
  isTrusted: IsTrusted,
): Client {
  if (!isTrusted(peer.address)) return peer;
  const address = addressBehind(peer.address, forwardedFor, isTrusted);
  const scheme = forwardedProto?.toLowerCase();
  const secure = scheme === 'https' || (scheme !== 'http' && peer.secure);
  return { address, secure, forwardingFor: (authority) => forwardingFields({ address, authority, secure }) };
}

function addressBehind(peer: string, list: string, isTrusted: IsTrusted): string {
  let address = peer;
  for (const element of list.split(',').toReversed()) {
    const told = addressIn(element.trim());
    // Nobody knows what comes before.
    if (told === undefined) break;
    address = told;
    if (!isTrusted(told)) break;
  }
  return address;
}

/** The address of an element, which some proxies write with the port. */
function addressIn(element: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\dA-Fa-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(element) ?? [];
  const address = unmapped(bracketed ?? plain ?? element);
  return isIP(address) === 0 ? undefined : address;
}

/** An address of IPv4 as such, where it is written as one of IPv6. */
export function unmapped(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
