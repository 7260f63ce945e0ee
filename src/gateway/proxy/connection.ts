import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { forwardingFields } from '../http/forwarding.ts';
import { unmapped } from '../http/told-client.ts';
import type { Client } from '../http/told-client.ts';

/** Whatever has to end when its client is gone. */
export interface OpenExchange {
  /** Nothing of its answer has been sent. */
  readonly isWaiting: boolean;
  clientGone(): void;
  /** What the client sends can no longer be read; an exchange that waits for the rest of its body cannot go on. */
  clientBroken(): void;
}

/** A client's connection and what is under way on it: several exchanges when the client pipelines. */
export class Connection implements Client {
  readonly address: string;
  readonly secure: boolean;
  readonly open = new Set<OpenExchange>();
  /** It ends with an answer that says so: what a client sends behind that request is not served (RFC 9112, 9.6). */
  closing = false;
  /** Ends it when nothing is under way; by a word to the client where the protocol has one for that. */
  endIdle: () => unknown;
  private readonly socket: Socket;
  private authority: string | undefined;
  private forwarding: readonly string[] | undefined;
  private broken = false;
  private latest: OpenExchange | undefined;

  /** `closing` tells with `close` that the client is gone. */
  constructor(socket: Socket, closing: EventEmitter = socket) {
    this.socket = socket;
    this.endIdle = () => socket.destroy();
    this.address = unmapped(socket.remoteAddress ?? '');
    this.secure = socket instanceof TLSSocket;
    closing.once('close', () => {
      for (const exchange of this.open) exchange.clientGone();
    });
  }

  get isWaiting(): boolean {
    return [...this.open].some(({ isWaiting }) => isWaiting);
  }

  enter(exchange: OpenExchange): void {
    this.open.add(exchange);
    this.latest = exchange;
  }

  /** Whether no other one has come behind it. */
  isLatest(exchange: object): boolean {
    return this.latest === exchange;
  }

  leave(exchange: OpenExchange): void {
    this.open.delete(exchange);
    if (this.latest === exchange) this.latest = undefined;
    if (this.broken && this.open.size === 0) this.socket.destroySoon();
  }

  /** What cannot be read any more has come after these exchanges: it ends with the last of them. */
  breakOffAfterOpen(): void {
    this.broken = true;
    if (this.open.size === 0) this.socket.destroySoon();
  }

  /** The forwarding fields; clients name the same host again and again. */
  forwardingFor(authority: string | undefined): readonly string[] {
    if (this.forwarding === undefined || authority !== this.authority) {
      this.authority = authority;
      this.forwarding = forwardingFields({ address: this.address, authority, secure: this.secure });
    }
    return this.forwarding;
  }
}

const connections = new WeakMap<Socket, Connection>();

export function connectionOf(socket: Socket): Connection {
  const known = connections.get(socket);
  if (known) return known;
  const connection = new Connection(socket);
  connections.set(socket, connection);
  return connection;
}
