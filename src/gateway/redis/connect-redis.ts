import { once } from 'node:events';

import type { StoreCommand, StoreReply } from './shared-store.ts';

/** One connection, from its first attempt to its end. */
export interface RedisConnection {
  /** Whether it could be opened. */
  readonly opened: Promise<boolean>;
  /** Resolves when it is over, with the reason. */
  readonly closed: Promise<string>;
  readonly send: (command: StoreCommand) => Promise<StoreReply>;
  /** What Redis said, if this is an error of Redis and not of the connection. */
  readonly errorOf: (error: unknown) => string | undefined;
  readonly close: (reason: string) => void;
}

const connectMs = 1000;

/** The client is loaded only by gateways that need it. It does not connect again by itself: who asked for it does. */
export async function connectRedis(url: string): Promise<RedisConnection> {
  const { createClient, ErrorReply, RESP_TYPES } = await import('@redis/client');
  const client = createClient({
    url,
    RESP: 2,
    disableClientInfo: true,
    disableOfflineQueue: true,
    socket: { connectTimeout: connectMs, reconnectStrategy: false },
  });
  const options = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
  const ending = new AbortController();
  const { signal } = ending;
  const close = (reason: string): void => {
    ending.abort(reason);
    client.destroy();
  };
  client.on('error', (error: unknown) => close(describe(error)));
  const opened = client.connect().then(
    () => {
      // One that is closed while it is being opened would stay open.
      if (signal.aborted) client.destroy();
      return !signal.aborted;
    },
    (error: unknown) => {
      close(describe(error));
      return false;
    },
  );
  return {
    opened,
    closed: once(signal, 'abort').then(() => String(signal.reason)),
    send: (command) => client.sendCommand<StoreReply>(command, options),
    errorOf: (error) => (error instanceof ErrorReply ? error.message : undefined),
    close,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
