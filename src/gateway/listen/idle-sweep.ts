import type { Socket } from 'node:net';

import type { Limits } from '../limits.ts';
import { connectionOf } from '../proxy/connection.ts';
import type { Connection } from '../proxy/connection.ts';

/** What had moved on a connection when it was last seen to move. */
interface Mark {
  readonly connection: Connection;
  moved: number;
  at: number;
}

const sweepsPerLimit = 8;
const shortestSweepMs = 20;
const longestSweepMs = 1000;

/**
 * Closes connections of clients on which nothing has moved for too long. It looks at all of them now and then: Node's
 * own timers are set anew with every request and with everything read and written, which costs a request some hundredths.
 */
export class IdleSweep {
  private readonly marks = new Map<Socket, Mark>();
  private readonly limits: Limits;
  private timer: NodeJS.Timeout | undefined;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  watch(socket: Socket): void {
    this.marks.set(socket, { connection: connectionOf(socket), moved: movedOn(socket), at: performance.now() });
    this.timer ??= setInterval(() => this.sweep(), this.sweepMs()).unref();
    socket.once('close', () => this.forget(socket));
  }

  get sockets(): Iterable<Socket> {
    return this.marks.keys();
  }

  private forget(socket: Socket): void {
    this.marks.delete(socket);
    if (this.marks.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private sweep(): void {
    const now = performance.now();
    for (const [socket, mark] of this.marks) {
      const moved = movedOn(socket);
      if (moved !== mark.moved) {
        mark.moved = moved;
        mark.at = now;
      } else if (now - mark.at >= this.patienceMs(socket, mark.connection)) this.end(socket, mark.connection);
    }
  }

  private end(socket: Socket, connection: Connection): void {
    if (connection.open.size === 0) connection.endIdle();
    else socket.destroy();
  }

  private patienceMs(socket: Socket, connection: Connection): number {
    // A request that waits for its answer has a deadline of its own, which may be longer.
    if (connection.isWaiting) return Infinity;
    // The last answer may still be on its way to a slow client.
    const isIdle = connection.open.size === 0 && socket.writableLength === 0;
    return isIdle ? this.limits.idleTimeoutMs : this.limits.stallTimeoutMs;
  }

  private sweepMs(): number {
    const shortest = Math.min(this.limits.idleTimeoutMs, this.limits.stallTimeoutMs);
    return Math.min(Math.max(shortest / sweepsPerLimit, shortestSweepMs), longestSweepMs);
  }
}

/** Grows with what has come and with what the system has taken from us. */
function movedOn(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten - socket.writableLength;
}
