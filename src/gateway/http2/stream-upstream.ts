import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

import type { Dispatcher } from 'undici';

import type { Limits } from '../limits.ts';
import { connectWithin } from '../proxy/connect-within.ts';
import type { Upstream } from '../proxy/upstream.ts';
import { ClientStream } from './client-stream.ts';

interface Waiting {
  readonly request: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
  /** It was refused before anybody looked at it, which happens to it once. */
  readonly isAgain?: boolean;
}

/** An idle connection is closed after so long, as those of HTTP/1 are: whoever was there may not be any more. */
const idleMs = 4000;

/**
 * One connection of HTTP/2, with prior knowledge, to an instance; made when it is needed, and anew when the instance says
 * that it ends. Node's own client, because undici's drops what is under way when a GOAWAY comes.
 */
export class StreamUpstream implements Upstream {
  private readonly authority: string;
  private readonly limits: Limits;
  private session: ClientHttp2Session | undefined;
  private connecting = false;
  private waiting: Waiting[] = [];
  private open = 0;
  private idle: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(address: string, port: number, limits: Limits) {
    this.authority = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
    this.limits = limits;
  }

  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.take({ request, handler });
  }

  /** Requests in flight finish. */
  close(): void {
    this.closed = true;
    this.leave(this.session);
  }

  connectionCount(): number {
    return this.session ? 1 : 0;
  }

  private take(waiting: Waiting): void {
    const { session } = this;
    if (session) return this.begin(session, waiting);
    this.waiting.push(waiting);
    if (!this.connecting) this.connect();
  }

  private connect(): void {
    const { hostname, port } = new URL(this.authority);
    const target = { hostname: hostname.replaceAll(/[[\]]/g, ''), port: port || '80', protocol: 'http:' };
    this.connecting = true;
    connectWithin(this.limits.connectTimeoutMs)(target, (error, socket) => {
      this.connecting = false;
      const waiting = this.waiting.splice(0);
      if (!socket) for (const { handler } of waiting) handler.onError?.(error ?? new Error('no connection'));
      else this.adopt(socket, waiting);
    });
  }

  private adopt(socket: Socket, waiting: readonly Waiting[]): void {
    const session = connect(this.authority, {
      createConnection: () => socket,
      maxHeaderListPairs: this.limits.maxHeaderFields,
      settings: { enablePush: false, maxHeaderListSize: this.limits.maxHeaderBytes },
    });
    this.session = session;
    const forget = (): void => this.leave(session);
    session.on('error', () => undefined);
    session.once('goaway', forget).once('close', forget);
    for (const each of waiting) this.begin(session, each);
    this.rest();
  }

  private begin(session: ClientHttp2Session, { request, handler, isAgain }: Waiting): void {
    if (session.destroyed || session.closed) {
      this.leave(session);
      return this.take({ request, handler });
    }
    clearTimeout(this.idle);
    this.open += 1;
    const ended = (): void => {
      this.open -= 1;
      this.rest();
    };
    const refused = (): void => {
      this.leave(session);
      this.take({ request, handler, isAgain: true });
    };
    const { stallTimeoutMs } = this.limits;
    new ClientStream({ request, handler, stallTimeoutMs, ended, ...(!isAgain && { refused }) }).start(session);
  }

  /** Nothing is under way, perhaps for good. */
  private rest(): void {
    if (this.open > 0) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.leave(this.session), this.closed ? 0 : idleMs).unref();
  }

  /** Takes no more requests to this connection; it ends with the last of those it has. */
  private leave(session: ClientHttp2Session | undefined): void {
    if (this.session === session) this.session = undefined;
    if (session && !session.closed && !session.destroyed) session.close();
  }
}
