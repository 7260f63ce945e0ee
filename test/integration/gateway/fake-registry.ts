import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { GatewayReport, WatchState } from '../../../src/protocol/watch.ts';
import { check, gatewayReportSchema } from '../../../src/registry/schemas.ts';

export const token = 'secret-token';

/** The part of the registry a gateway talks to: its stream and the reports. */
export interface FakeRegistry extends AsyncDisposable {
  readonly url: string;
  /** What the gateway has reported, oldest first. */
  readonly reports: GatewayReport[];
  /** Whether the gateway has said good-bye after its last report. */
  readonly hasLeft: () => boolean;
  /** How many streams have been opened so far. */
  readonly opened: () => number;
  /** Gives every gateway this state, now and when it connects. */
  readonly publish: (state: WatchState) => void;
  /** Writes to all open streams, whatever it is. */
  readonly write: (text: string) => void;
  /** Breaks all streams off. */
  readonly breakOff: () => void;
}

export async function startFakeRegistry(port = 0): Promise<FakeRegistry> {
  const streams = new Set<ServerResponse>();
  const reports: GatewayReport[] = [];
  let state: WatchState | undefined;
  let opened = 0;
  let hasLeft = false;
  const server = createServer((request, response) => {
    if (request.url === '/v1/watch') {
      opened += 1;
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
      streams.add(response);
      response.once('close', () => streams.delete(response));
      if (state) response.write(`${JSON.stringify(state)}\n`);
      return;
    }
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const isKnown = request.url === '/v1/gateways/gateway-1';
      const isAllowed = isKnown && request.headers.authorization === `Bearer ${token}`;
      if (isAllowed) hasLeft = request.method === 'DELETE';
      const report = isAllowed && !hasLeft ? check(gatewayReportSchema, JSON.parse(body)) : undefined;
      if (report?.ok === true) reports.push(report.value);
      response.writeHead(report?.ok === false ? 422 : isAllowed ? 204 : 401).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const write = (text: string): void => {
    for (const stream of streams) stream.write(text);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reports,
    hasLeft: () => hasLeft,
    opened: () => opened,
    write,
    publish: (next) => {
      state = next;
      write(`${JSON.stringify(next)}\n`);
    },
    breakOff: () => {
      for (const stream of streams) stream.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
