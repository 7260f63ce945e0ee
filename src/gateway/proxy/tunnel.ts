import type { Socket } from 'node:net';

import type { Limits } from '../limits.ts';

interface TunnelEnds {
  readonly client: Socket;
  readonly instance: Socket;
  readonly onEnd: () => void;
}

/**
 * Passes bytes between a client and an instance that have agreed on another protocol, in both directions and as fast as
 * the slower end takes them. The end of one direction is passed on and leaves the other open; what breaks one
 * connection ends both.
 */
export class Tunnel {
  private readonly ends: TunnelEnds;
  private over = false;

  constructor(ends: TunnelEnds, stallTimeoutMs: number) {
    this.ends = ends;
    const { client, instance } = ends;
    // Else Node would answer the end of what comes with the end of what goes.
    instance.allowHalfOpen = true;
    client.allowHalfOpen = true;
    instance.setTimeout(stallTimeoutMs, () => this.close());
    join(client, instance, () => this.settle());
    join(instance, client, () => this.settle());
  }

  /** Bytes that came from the instance. */
  get bytes(): number {
    return this.ends.instance.bytesRead;
  }

  close(): void {
    this.ends.client.destroy();
    this.ends.instance.destroy();
    this.settle();
  }

  private settle(): void {
    const { client, instance, onEnd } = this.ends;
    if (this.over || !client.destroyed || !instance.destroyed) return;
    this.over = true;
    onEnd();
  }
}

/** All that are open, of which there is a limited number: each holds two connections. */
export class Tunnels {
  private count = 0;
  private readonly limits: Limits;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get hasRoom(): boolean {
    return this.count < this.limits.maxTunnels;
  }

  open({ onEnd, ...ends }: TunnelEnds): Tunnel {
    this.count += 1;
    const ended = (): void => {
      this.count -= 1;
      onEnd();
    };
    return new Tunnel({ ...ends, onEnd: ended }, this.limits.stallTimeoutMs);
  }
}

function join(from: Socket, to: Socket, closed: () => void): void {
  // A socket that breaks is destroyed; its `close` says all there is to say.
  from.on('error', () => undefined);
  from.once('close', () => {
    // What it has sent still goes out, unless there is nobody to read it.
    to.destroySoon();
    closed();
  });
  from.pipe(to);
}
