import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

import type { SystemHealth } from '../../protocol/system.ts';
import { startDeadline } from './deadline.ts';
import type { ProbeResult } from './judge.ts';

export interface ProbeTarget {
  readonly address: string;
  readonly port: number;
  readonly health: SystemHealth;
}

/**
 * Instances are in the same network or on the same machine, where the kernel takes a connection at once, however busy
 * the program behind it is. Short, so that a container that is gone (nothing refuses there) is seen within a second.
 */
const connectMs = 150;
const answerMs = 1000;
const maxBodyBytes = 64 * 1024;

/** A new connection each time: that it is taken is half of what is asked. */
const agent = new Agent({ keepAlive: false });

/** Asks an instance once whether it can take requests. Never throws, and ends within little more than a second. */
export function probeTarget(target: ProbeTarget): Promise<ProbeResult> {
  return new Promise((resolve) => {
    if (target.health.kind === 'tcp') probeByConnection(target, resolve);
    else probeByRequest(target, target.health.ready, resolve);
  });
}

type Done = (result: ProbeResult) => void;

function probeByConnection({ address, port }: ProbeTarget, done: Done): void {
  const socket = connect({ host: address, port });
  const finish = (result: ProbeResult): void => {
    stop();
    socket.destroy();
    done(result);
  };
  const stop = startDeadline(connectMs, () => finish(noConnection));
  socket.once('connect', () => finish({ ok: true }));
  socket.on('error', (error) => finish(failureOf(error)));
}

function probeByRequest({ address, port }: ProbeTarget, path: string, done: Done): void {
  const outgoing = request({
    agent,
    host: address,
    port,
    path: asciiPath(path),
    headers: { accept: '*/*', 'user-agent': 'msa-registry' },
    maxHeaderSize: 16 * 1024,
  });
  const finish = (result: ProbeResult): void => {
    stopConnecting();
    done(result);
  };
  const giveUp = (result: ProbeResult): void => {
    finish(result);
    outgoing.destroy();
  };
  const stopConnecting = whileConnecting(outgoing, () => giveUp(noConnection));
  const stopWaiting = startDeadline(answerMs, () => giveUp(noAnswer));
  outgoing.once('close', stopWaiting);
  outgoing.on('error', (error) => finish(failureOf(error)));
  outgoing.once('response', (answer) => {
    discard(answer, outgoing);
    finish(judgeStatus(answer.statusCode ?? 0, path));
  });
  outgoing.end();
}

function whileConnecting(outgoing: ClientRequest, onLate: () => void): () => void {
  const stop = startDeadline(connectMs, onLate);
  outgoing.once('socket', (socket: Socket) => socket.once('connect', stop));
  return stop;
}

/** Reads a body to its end, since breaking it off would be an error for the service; but not an endless one. */
function discard(answer: IncomingMessage, outgoing: ClientRequest): void {
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) outgoing.destroy();
  });
  answer.on('error', () => undefined);
}

function judgeStatus(status: number, path: string): ProbeResult {
  if (status >= 200 && status < 400) return { ok: true };
  return { ok: false, problem: `answered ${status} on ${path}`.slice(0, 200), certain: false };
}

const noConnection: ProbeResult = { ok: false, problem: 'takes no connection', certain: false };
const noAnswer: ProbeResult = { ok: false, problem: `no answer within ${answerMs / 1000} s`, certain: false };

const certainFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EHOSTDOWN: 'host unreachable',
};

function failureOf(error: NodeJS.ErrnoException): ProbeResult {
  const problem = certainFailures[error.code ?? ''];
  if (problem !== undefined) return { ok: false, problem, certain: true };
  if (error.code?.startsWith('HPE_') === true)
    return { ok: false, problem: 'answered something else than HTTP', certain: false };
  return { ok: false, problem: `probe failed: ${error.code ?? error.message}`.slice(0, 200), certain: false };
}

/** Node refuses to send other characters in a path. */
function asciiPath(path: string): string {
  return path.replaceAll(/[^\x21-\x7e]+/g, (text) =>
    Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
