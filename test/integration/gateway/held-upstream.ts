import type { IncomingMessage, ServerResponse } from 'node:http';

import { startUpstream } from './support.ts';
import type { Upstream } from './support.ts';

export interface Held extends Upstream {
  /** Requests that have arrived, those that have been answered too. */
  readonly seen: IncomingMessage[];
  /** Requests whose connection was broken off before there was an answer. */
  readonly aborted: IncomingMessage[];
  /** Answers everything that waits, and from now on everything at once. */
  release(status?: number): void;
}

/** A service that answers only when it is told to. */
export async function startHeld(): Promise<Held> {
  const seen: IncomingMessage[] = [];
  const aborted: IncomingMessage[] = [];
  const waiting: ServerResponse[] = [];
  let released: number | undefined;
  const upstream = await startUpstream((request, response) => {
    seen.push(request);
    response.on('close', () => response.writableEnded || aborted.push(request));
    if (released === undefined) waiting.push(response);
    else response.writeHead(released).end('ok');
  });
  const release = (status = 200): void => {
    released = status;
    for (const response of waiting.splice(0)) response.writeHead(status).end('ok');
  };
  return { ...upstream, seen, aborted, release };
}

export interface Answering extends Upstream {
  readonly seen: IncomingMessage[];
  /** What it answers from now on. */
  answer: { status: number; headers?: Record<string, string>; body?: string };
}

/** A service that always gives the same answer, until it is told another. */
export async function startAnswering(status: number, headers: Record<string, string> = {}): Promise<Answering> {
  const seen: IncomingMessage[] = [];
  const answering = { seen, answer: { status, headers, body: `status ${status}` } };
  const upstream = await startUpstream((request, response) => {
    seen.push(request);
    const { answer } = answering;
    request.resume().on('end', () => response.writeHead(answer.status, answer.headers).end(answer.body));
  });
  return Object.assign(answering, upstream);
}
