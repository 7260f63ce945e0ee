import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';

import { adminPaths } from '../../protocol/programs.ts';
import { closeServer, listenOn, portOf } from '../listen/servers.ts';
import { describeStatus } from './describe-status.ts';
import type { GatewayStatus } from './describe-status.ts';
import { collectMetrics } from './collect-metrics.ts';
import { renderMetrics } from './metrics.ts';

interface AdminParts {
  readonly isReady: () => boolean;
  readonly status: () => GatewayStatus;
}

/** The listener for who operates the gateway: health, metrics, and what it knows. */
export class AdminServer {
  private readonly server: Server;
  private readonly parts: AdminParts;

  constructor(parts: AdminParts) {
    this.parts = parts;
    this.server = createServer((request, response) => this.serve((request.url ?? '').split('?', 1)[0] ?? '', response));
  }

  get port(): number {
    return portOf(this.server);
  }

  listen(port: number, host: string): Promise<void> {
    return listenOn(this.server, port, host);
  }

  async close(): Promise<void> {
    if (this.server.listening) await closeServer(this.server, 0);
  }

  private serve(path: string, response: ServerResponse): void {
    switch (path) {
      case adminPaths.live:
        return sendJson(response, 200, { status: 'live' });
      case adminPaths.ready:
        return this.parts.isReady()
          ? sendJson(response, 200, { status: 'ready' })
          : sendJson(response, 503, { status: 'not ready' });
      case adminPaths.status:
        return sendJson(response, 200, describeStatus(this.parts.status()));
      case adminPaths.metrics:
        response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
        response.end(renderMetrics(collectMetrics(this.parts.status())));
        return undefined;
      default:
        return sendJson(response, 404, { paths: Object.values(adminPaths) });
    }
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
