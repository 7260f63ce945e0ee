// What slow readers cost in memory: clients that ask for endless answers and do not read them, for as long as asked.
import { createServer } from 'node:http';
import { connect } from 'node:net';

import { startMsa } from './msa.js';
import { residentMegabytes } from './world.js';

const chunk = Buffer.alloc(64 * 1024, 'x');

/** Writes for as long as somebody reads. */
function writeEndlessly(response) {
  while (!response.destroyed) {
    if (!response.write(chunk)) {
      response.once('drain', () => writeEndlessly(response));
      return;
    }
  }
}

/** Resident megabytes before, and then after each tenth of the time. */
export async function measureSlowReaders({ seconds, clients }) {
  const server = createServer((request, response) => {
    if (request.url === '/orders/1') response.end('ready');
    else writeEndlessly(response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const gateway = await startMsa(server.address().port, { core: 0 });
  const sockets = [];
  const before = residentMegabytes(gateway.pid);
  for (let index = 0; index < clients; index += 1) {
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /orders/endless HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.pause();
    sockets.push(socket);
  }
  const readings = [];
  for (let tenth = 0; tenth < 10; tenth += 1) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 100));
    // A slow reader reads now and then.
    for (const socket of sockets) socket.read();
    readings.push(residentMegabytes(gateway.pid));
  }
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
  return { before, readings };
}
