import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';

import { adminPaths } from '../../protocol/programs.ts';
import { closeServer, listenOn, portOf } from '../listen/servers.ts';
import type { DataPlane } from '../data-plane.ts';
import { renderMetrics } from './metrics.ts';
import { renderPage } from './render-page.ts';
import { summarize } from './summarize.ts';

type AdminParts = Pick<DataPlane, 'isReady' | 'metrics' | 'status'>;

/** The listener for who operates the gateway: health, metrics, and what it knows. */
export class AdminServer {
  private readonly server: Server;
  private readonly parts: AdminParts;

  constructor(parts: AdminParts) {
    this.parts = parts;
    this.server = createServer((request, response) => {
      const path = (request.url ?? '').split('?', 1)[0] ?? '';
      this.serve(path, response).catch(() => sendJson(response, 503, { status: 'not ready' }));
    });
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

  private async serve(path: string, response: ServerResponse): Promise<void> {
    switch (path) {
      case adminPaths.live:
        return sendJson(response, 200, { status: 'live' });
      case adminPaths.ready:
        return this.parts.isReady
          ? sendJson(response, 200, { status: 'ready' })
          : sendJson(response, 503, { status: 'not ready' });
      case adminPaths.status:
        return sendJson(response, 200, await this.parts.status());
      case adminPaths.metrics:
        return sendText(
          response,
          'text/plain; version=0.0.4; charset=utf-8',
          renderMetrics(await this.parts.metrics()),
        );
      case adminPaths.page:
        return sendText(response, 'text/html; charset=utf-8', renderPage(summarize(await this.parts.metrics(), now())));
      default:
        return sendJson(response, 404, { paths: Object.values(adminPaths) });
    }
  }
}

function now(): string {
  return new Date().toISOString();
}

function sendText(response: ServerResponse, type: string, text: string): void {
  // The page has no script and loads nothing, so nothing in it can either.
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', 'content-security-policy': policy });
  response.end(text);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
