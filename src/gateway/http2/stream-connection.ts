import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import { Connection, connectionOf } from '../proxy/connection.ts';
import type { OpenExchange } from '../proxy/connection.ts';

/** A stream of HTTP/2 as what a client's connection is to an exchange: it can go while the connection stays. */
export class StreamConnection extends Connection {
  private readonly shared: Connection;

  constructor(socket: Socket, stream: EventEmitter) {
    super(socket, stream);
    this.shared = connectionOf(socket);
  }

  override enter(exchange: OpenExchange): void {
    super.enter(exchange);
    this.shared.enter(exchange);
  }

  override leave(exchange: OpenExchange): void {
    super.leave(exchange);
    this.shared.leave(exchange);
  }

  override forwardingFor(authority: string | undefined): readonly string[] {
    return this.shared.forwardingFor(authority);
  }
}
