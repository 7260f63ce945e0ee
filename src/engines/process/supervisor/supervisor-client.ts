import { request, type IncomingMessage } from 'node:http';

import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { SupervisorRefusal } from '../../../protocol/supervisor-api.ts';

export interface SupervisorCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Undefined: as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: StopSignal;
}

/** Nobody listens on the socket: there is no supervisor, or it has been killed. */
export class SupervisorGone extends Error {}

/** The supervisor takes connections but does not answer: it is stopped, or hangs. */
export class SupervisorSilent extends Error {}

/** The supervisor says no; `code` says why. */
export class SupervisorRefused extends Error {
  readonly code: SupervisorRefusal['code'];

  constructor({ code, message }: SupervisorRefusal) {
    super(message);
    this.code = code;
  }
}

/** Asks a supervisor. Throws SupervisorGone, SupervisorSilent, SupervisorRefused, or the reason of the signal. */
export async function callSupervisor<Answer>(socket: string, call: SupervisorCall): Promise<Answer> {
  const response = await openCall(socket, call);
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  const answer: Answer & SupervisorRefusal = JSON.parse(text);
  if (response.statusCode === 200) return answer;
  throw new SupervisorRefused(answer);
}

/** Asks a supervisor and gives the lines of its answer as they come. */
export async function* readSupervisorLines<Line>(socket: string, call: SupervisorCall): AsyncGenerator<Line> {
  const response = await openCall(socket, call);
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line: Line = JSON.parse(text);
      yield line;
    }
  }
}

function openCall(socket: string, { method, path, body, timeoutMs, signal }: SupervisorCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const exchange = request({ socketPath: socket, method, path, agent: false });
    const abort = (): void => void exchange.destroy(reasonOf(signal));
    signal?.addEventListener('abort', abort, { once: true });
    if (timeoutMs !== undefined) exchange.setTimeout(timeoutMs, () => exchange.destroy(new SupervisorSilent()));
    exchange.on('error', (error: NodeJS.ErrnoException) => reject(isGone(error) ? new SupervisorGone() : error));
    exchange.on('close', () => signal?.removeEventListener('abort', abort));
    exchange.on('response', resolve);
    exchange.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function reasonOf(signal: StopSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('stopped', { cause: signal?.reason });
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE';
}
