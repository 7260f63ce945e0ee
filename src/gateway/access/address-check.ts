import { BlockList, isIP, isIPv6 } from 'node:net';

import type { AddressList } from '../../protocol/policies/access.ts';
import type { IsTrusted } from '../http/told-client.ts';

/** Answers that are remembered: clients come again, and a look-up costs more than the rest of a request's checks. */
const maxRemembered = 4096;

/** Makes the test for addresses that may come in; throws with an entry that is no address or network. */
export function compileAddressList({ allow, deny }: AddressList): (address: string) => boolean {
  const allowed = blockListOf(allow);
  const denied = blockListOf(deny);
  const remembered = new Map<string, boolean>();
  return (address) => {
    const known = remembered.get(address);
    if (known !== undefined) return known;
    const answer = isAllowed(address);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(address, answer);
    return answer;
  };

  function isAllowed(address: string): boolean {
    // A client whose connection has gone has no address any more.
    if (isIP(address) === 0) return false;
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    return !denied.check(address, family) && (allow.length === 0 || allowed.check(address, family));
  }
}

/** The same where there may be no list, or one that cannot be read: then nobody comes in. */
export function admissionOf(list: AddressList | undefined): (address: string) => boolean {
  if (list === undefined) return () => true;
  try {
    return compileAddressList(list);
  } catch {
    return () => false;
  }
}

/** The test for proxies whose word on clients is taken; undefined when there are none, or a list that cannot be read. */
export function trustOf(proxies: readonly string[] | undefined): IsTrusted | undefined {
  if (proxies === undefined || proxies.length === 0) return undefined;
  try {
    return compileAddressList({ allow: proxies, deny: [] });
  } catch {
    return undefined;
  }
}

function blockListOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
