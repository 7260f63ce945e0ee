import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { encodeCommand } from './encode-command.ts';
import { ReplyReader, StoreError } from './reply-reader.ts';
import type { Answer } from './reply-reader.ts';
import type { StoreCommand } from './shared-store.ts';
import { WaitingCommands } from './waiting-commands.ts';

export interface ConnectionListener {
  /** Redis has answered: after it was opened, and after it had been late. */
  answers(): void;
  late(count: number, waitedMs: number): void;
}

const connectMs = 1000;
/** Nobody waits longer for an answer. */
const deadlineMs = 200;
/** After this time without any answer the connection counts as dead. */
const giveUpMs = 2000;
const maxWaiting = 10_000;

/** One connection to Redis, from its first attempt to its end. */
export class RedisConnection {
  /** Resolves when it is over, with the reason. */
  readonly closed: Promise<string>;
  private readonly socket: Socket;
  private readonly listener: ConnectionListener;
  private readonly ending = new AbortController();
  private readonly waiting: WaitingCommands;
  private isSilent = true;
  private greeted = false;
  private flushing: NodeJS.Immediate | undefined;
  private outgoing: (string | Buffer)[] = [];

  constructor(url: string, listener: ConnectionListener) {
    this.listener = listener;
    this.closed = once(this.ending.signal, 'abort').then(() => String(this.ending.signal.reason));
    this.waiting = new WaitingCommands(deadlineMs, ({ count, waitedMs }) => this.noteLate(count, waitedMs));
    const { protocol, hostname, port, username, password, pathname } = new URL(url);
    const address = { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 6379), noDelay: true };
    const isSecure = protocol === 'rediss:';
    this.socket = isSecure ? connectTls({ ...address, servername: address.host }) : connect(address);
    const reader = new ReplyReader((answer) => this.take(answer));
    this.socket
      .setTimeout(connectMs, () => this.close('no connection in time'))
      .once(isSecure ? 'secureConnect' : 'connect', () => {
        this.socket.setTimeout(0).setKeepAlive(true, connectMs);
        void this.greet(decodeURIComponent(username), decodeURIComponent(password), pathname.slice(1));
      })
      .on('data', (chunk: Buffer) => this.read(reader, chunk))
      .on('error', (error) => this.close(error.message))
      .on('close', () => this.close('it closed the connection'));
  }

  get isFull(): boolean {
    return this.waiting.size >= maxWaiting;
  }

  /** Undefined: no answer in time, or no connection any more. */
  send(command: StoreCommand): Promise<Answer | undefined> {
    if (this.ending.signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      for (const part of encodeCommand(command)) this.outgoing.push(part);
      // After all that can be read at this moment has been read: what it asks for goes out by one call.
      this.flushing ??= setImmediate(() => this.flush());
    });
  }

  close(reason: string): void {
    if (this.ending.signal.aborted) return;
    this.ending.abort(reason);
    clearImmediate(this.flushing);
    this.socket.destroy();
    this.waiting.settleAll();
  }

  private async greet(user: string, password: string, database: string): Promise<void> {
    const login = user === '' ? [password] : [user, password];
    const answers = await Promise.all([
      ...(password === '' ? [] : [this.send(['AUTH', ...login])]),
      ...(database === '' ? [] : [this.send(['SELECT', database])]),
      // It may have been taken by a system whose Redis stands still: only an answer says that it is there.
      this.send(['PING']),
    ]);
    const refused = answers.find((answer) => answer instanceof StoreError);
    if (refused instanceof StoreError) return this.close(refused.message);
    if (!answers.includes(undefined)) this.noteAnswer();
  }

  private flush(): void {
    this.flushing = undefined;
    const { outgoing, socket } = this;
    this.outgoing = [];
    if (outgoing.every((part) => typeof part === 'string')) return void socket.write(outgoing.join(''));
    socket.cork();
    for (const part of outgoing) socket.write(part);
    socket.uncork();
  }

  private read(reader: ReplyReader, chunk: Buffer): void {
    try {
      reader.read(chunk);
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error));
    }
  }

  private take(answer: Answer): void {
    if (!this.waiting.settleFirst(answer)) throw new Error('what answers is no Redis');
    if (this.isSilent && this.greeted) this.noteAnswer();
  }

  private noteAnswer(): void {
    this.greeted = true;
    this.isSilent = false;
    this.listener.answers();
  }

  private noteLate(count: number, waitedMs: number): void {
    this.isSilent = true;
    this.listener.late(count, waitedMs);
    if (waitedMs >= giveUpMs) this.close('no answer');
  }
}
