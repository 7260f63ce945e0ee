import type { Socket } from 'node:net';

import type { IsTrusted } from '../http/told-client.ts';
import { addressGroup } from '../limit/limit-key.ts';
import type { Limits } from '../limits.ts';
import { connectionOf } from '../proxy/connection.ts';

/** Lets one address have no more than its share of the connections, so that none can take them all. */
export class Admission {
  /** Those that were closed at once. */
  refused = 0;
  private readonly byAddress = new Map<string, number>();
  private readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** False: the connection has been closed. */
  admit(socket: Socket, isTrusted: IsTrusted | undefined): boolean {
    const peer = connectionOf(socket).address;
    // Through a proxy come the connections of many.
    if (isTrusted?.(peer) === true) return true;
    const address = addressGroup(peer);
    const count = (this.byAddress.get(address) ?? 0) + 1;
    if (count > this.limits.maxConnectionsPerAddress) {
      this.refused += 1;
      socket.destroy();
      return false;
    }
    this.byAddress.set(address, count);
    socket.once('close', () => this.leave(address));
    return true;
  }

  private leave(address: string): void {
    const count = (this.byAddress.get(address) ?? 1) - 1;
    if (count === 0) this.byAddress.delete(address);
    else this.byAddress.set(address, count);
  }
}
