import type { Limits } from '../limits.ts';
import { connectWithin } from '../proxy/connect-within.ts';
import type { UpstreamHandler } from '../proxy/upstream.ts';
import { InstanceConnection } from './instance-connection.ts';
import type { Sending } from './instance-connection.ts';
import type { PlainRequest } from './request-head.ts';

/** What comes on a connection is read before more is taken from any, so that all share it. */
const lent = Buffer.allocUnsafeSlow(64 * 1024);
/** Shorter than servers keep idle connections (5 s is Node's), so that we close them first. */
const keepMs = 4000;
const sweepMs = 500;

/**
 * Connections of HTTP/1 to an instance, for requests whose body is at hand. Requests are sent at the end of a turn of the
 * event loop, and a connection rests for one after an answer: that it has been closed is known before it is used again.
 */
export class PlainUpstream {
  readonly maxHeadBytes: number;
  readonly stallTimeoutMs: number;
  private readonly where: { readonly hostname: string; readonly port: string; readonly protocol: string };
  private readonly limits: Limits;
  private readonly waiting: Sending[] = [];
  private readonly all = new Set<InstanceConnection>();
  private free: InstanceConnection[] = [];
  /** Free from the next turn on. */
  private resting: InstanceConnection[] = [];
  private opening = 0;
  private isScheduled = false;
  private isClosed = false;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(address: string, port: number, limits: Limits) {
    this.where = { hostname: address, port: String(port), protocol: 'http:' };
    this.limits = limits;
    this.maxHeadBytes = limits.maxHeaderBytes;
    this.stallTimeoutMs = limits.stallTimeoutMs;
  }

  send(request: PlainRequest, handler: UpstreamHandler): void {
    this.waiting.push({ request, handler });
    this.schedule();
  }

  /** Requests that wait or are under way finish. */
  close(): void {
    this.isClosed = true;
    this.schedule();
  }

  connectionCount(): number {
    return this.all.size;
  }

  connectionFree(connection: InstanceConnection): void {
    this.resting.push(connection);
    this.schedule();
  }

  connectionGone(connection: InstanceConnection): void {
    this.all.delete(connection);
    if (this.all.size > 0) return;
    this.free = [];
    clearInterval(this.sweeping);
    this.sweeping = undefined;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.serve());
  }

  private serve(): void {
    this.isScheduled = false;
    for (let free = this.takeFree(); free; free = this.takeFree()) {
      const sending = this.waiting.shift();
      if (sending) free.send(sending);
    }
    for (const connection of this.resting) this.free.push(connection);
    this.resting.length = 0;
    if (this.waiting.length > 0) this.openMissing();
    else if (this.isClosed) this.dropFree(() => false);
  }

  /** The one that was used last, so that those that are not needed grow old; undefined when nobody waits, too. */
  private takeFree(): InstanceConnection | undefined {
    while (this.waiting.length > 0) {
      const connection = this.free.pop();
      if (!connection || connection.isUsable(keepMs)) return connection;
      connection.destroy();
    }
    return undefined;
  }

  private openMissing(): void {
    if (this.free.length > 0) this.schedule();
    const room = this.limits.maxConnectionsPerInstance - this.all.size - this.opening;
    const missing = this.waiting.length - this.free.length - this.opening;
    for (let count = Math.min(missing, room); count > 0; count -= 1) this.open();
  }

  private open(): void {
    this.opening += 1;
    let connection: InstanceConnection | undefined;
    const callback = (length: number): boolean => connection?.read(lent.subarray(0, length)) ?? true;
    connectWithin(this.limits.connectTimeoutMs, { buffer: lent, callback })(this.where, (error, socket) => {
      this.opening -= 1;
      if (socket) {
        connection = new InstanceConnection(this, socket);
        this.adopt(connection);
      } else this.waiting.shift()?.handler.onError(error ?? new Error('no connection'));
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private adopt(connection: InstanceConnection): void {
    this.all.add(connection);
    this.sweeping ??= setInterval(() => this.sweep(), sweepMs).unref();
    const sending = this.waiting.shift();
    if (sending) connection.send(sending);
    else this.connectionFree(connection);
  }

  private sweep(): void {
    this.dropFree((connection) => connection.isUsable(keepMs));
    for (const connection of this.all) connection.endIfStalled();
  }

  private dropFree(isKept: (connection: InstanceConnection) => boolean): void {
    const dropped = this.free.filter((connection) => !isKept(connection));
    this.free = this.free.filter(isKept);
    for (const connection of dropped) connection.destroy();
  }
}
