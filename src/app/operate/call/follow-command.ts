import type { Answered } from './call-gateway.ts';
import { isAtGateway, pathOf, type GatewayAddress } from './gateway-address.ts';
import type { Link } from './links.ts';

/** A link with its address made absolute. */
export interface ReachableLink extends Link {
  readonly url: string;
}

interface Found extends Pick<Answered, 'method' | 'url'> {
  readonly gateway: GatewayAddress;
  /** All links of the same answer. */
  readonly links: readonly ReachableLink[];
}

/**
 * The words after `msa call` that follow a link of an answer. One that must name the version it was made from is
 * followed from where it was read, so that the ETag comes along. Undefined when it leads away from the gateway.
 */
export function followWords(
  link: ReachableLink,
  { gateway, method, url, links }: Found,
): readonly string[] | undefined {
  if (!isAtGateway(gateway, link.url)) return undefined;
  if (!link.requires.includes('if-match')) return [link.method, pathOf(gateway, link.url)];
  const source = method === 'GET' ? url : links.find(({ rel }) => rel === 'self')?.url;
  if (source === undefined) return [link.method, pathOf(gateway, link.url), '--header', 'If-Match: *'];
  return ['GET', pathOf(gateway, source), '--follow', link.rel];
}
