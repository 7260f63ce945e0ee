import { connect } from 'node:net';
import type { OnReadOpts } from 'node:net';

import type { buildConnector } from 'undici';

const keepAliveDelayMs = 60_000;

/**
 * undici's own timer for connections comes only every half second: one of 300 ms would take up to a second. `onread` takes
 * what comes in place of the stream.
 */
export function connectWithin(timeoutMs: number, onread?: OnReadOpts): buildConnector.connector {
  return ({ hostname, port }, callback) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveDelayMs,
      ...(onread && { onread }),
    });
    const giveUp = (): void => {
      const error = new Error(`no connection within ${timeoutMs} ms`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    };
    // After a look at what has come meanwhile: when we were short of time ourselves, the connection may well be there.
    const timer = setTimeout(() => setImmediate(() => socket.connecting && giveUp()), timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      callback(error, null);
    };
    socket.once('error', onError).once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      callback(null, socket);
    });
  };
}
