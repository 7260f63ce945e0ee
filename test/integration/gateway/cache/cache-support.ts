import type { IncomingMessage, ServerResponse } from 'node:http';

import { request } from 'undici';
import { vi } from 'vitest';

import type { GatewayConfig } from '../../../../src/gateway/create-gateway.ts';
import type { CachePolicy } from '../../../../src/protocol/policies/cache.ts';
import { edge, instance, route, startGateway, startUpstream, stateOf } from '../support.ts';
import type { Upstream } from '../support.ts';

export const plainPolicy: CachePolicy = {
  ttlMs: 0,
  vary: [],
  maxBytes: 1024 ** 2,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  private: false,
};

/** What a service was asked, in its order. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Reply {
  readonly status?: number;
  readonly fields?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  /** Says so many bytes, and breaks off after the body. */
  readonly promised?: number;
}

/** What a service answers, and at which request of all so far. */
export type Serve = (asked: Asked, times: number) => Reply | Promise<Reply>;

/** A service that answers as it is told, and remembers what it was asked. */
export async function startService(serve: Serve): Promise<Upstream & { readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const answer = async (response: ServerResponse, each: Asked): Promise<void> => {
    const { status = 200, fields, body = '', promised } = await serve(each, asked.length);
    // Node keeps the text of a date for a second, whatever the clock says.
    response.sendDate = false;
    const isChunked = fields?.['transfer-encoding'] !== undefined;
    const length = status === 304 || status === 204 || isChunked ? {} : { 'content-length': promised ?? body.length };
    response.writeHead(status, { ...length, ...fields });
    if (promised === undefined) response.end(body);
    else response.write(body, () => response.destroy());
  };
  const upstream = await startUpstream((incoming: IncomingMessage, response) => {
    const { method = '', url = '', headers } = incoming;
    const each = { method, url, headers };
    asked.push(each);
    incoming.resume();
    void answer(response, each);
  });
  return { ...upstream, asked };
}

/** Answers with these fields and the number of requests so far. */
export const counting =
  (fields: Readonly<Record<string, string | string[]>>): Serve =>
  (_asked, times) => ({ fields, body: `answer ${times}` });

export interface CacheSetting {
  readonly policy?: Partial<CachePolicy>;
  readonly config?: Partial<GatewayConfig>;
  /** An edge of this port beside the route. */
  readonly edgePort?: number;
}

/** A gateway in front of a service, with a cache on the way. */
export async function startCached(serve: Serve, { policy = {}, config = {}, edgePort }: CacheSetting = {}) {
  const service = await startService(serve);
  const cache = { ...plainPolicy, ...policy };
  const state = stateOf({
    instances: [instance('orders-1', service)],
    routes: [route('/orders', 'orders', { policy: { cache } })],
    edges: edgePort === undefined ? [] : [edge('payments>orders', edgePort, { policy: { cache } })],
  });
  const gateway = await startGateway(state, config);
  return {
    ...gateway,
    state,
    service,
    asked: service.asked,
    ask: (headers: Readonly<Record<string, string>> = {}, path = '/orders', method: 'GET' | 'HEAD' | 'PUT' = 'GET') =>
      ask(`${gateway.url}${path}`, headers, method),
    [Symbol.asyncDispose]: async () => {
      vi.useRealTimers();
      await gateway[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** One request and its whole answer. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  method: 'GET' | 'HEAD' | 'PUT' = 'GET',
) {
  const { statusCode, headers: fields, body } = await request(url, { method, headers });
  const text = await body.text();
  return { status: statusCode, text, cache: String(fields['cache-status'] ?? ''), fields };
}

let ahead = 0;

/** Lets the clock of this process run ahead; timers keep their time. */
export function passSeconds(seconds: number): void {
  ahead = vi.isFakeTimers() ? ahead + seconds * 1000 : seconds * 1000;
  const real = vi.getRealSystemTime();
  vi.useFakeTimers({ toFake: ['Date'], now: real + ahead });
}

/** What waits until it is let go. */
export class Gate {
  open: () => void = () => undefined;
  readonly opened: Promise<void>;

  constructor() {
    this.opened = new Promise((resolve) => (this.open = resolve));
  }
}
