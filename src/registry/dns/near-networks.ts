import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** Whether an address is in a network that this machine itself is in. Loopback is no network. */
export function isNear(address: string, interfaces: readonly NetworkInterfaceInfo[]): boolean {
  if (!isIPv4(address)) return false;
  return interfaces
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .some((own) => (toBits(own.address) & toBits(own.netmask)) === (toBits(address) & toBits(own.netmask)));
}

function toBits(address: string): number {
  return address.split('.').reduce((bits, part) => (bits << 8) | Number(part), 0);
}
