import { connect } from 'node:net';

/** Long for one machine; a container's address without a container gives no answer at all. */
const patienceMs = 300;

/** Whether somebody takes a connection there. */
export function probe(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const settle = (isThere: boolean): void => {
      resolve(isThere);
      socket.destroy();
    };
    socket.setTimeout(patienceMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}
