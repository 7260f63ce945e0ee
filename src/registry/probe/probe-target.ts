import { connect, type Socket } from 'node:net';

import type { SystemHealth } from '../../protocol/system.ts';
import { readStatus, renderHealthRequest } from './health-request.ts';
import type { ProbeResult } from './judge.ts';
import { startDeadline } from './deadline.ts';

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
const maxAnswerBytes = 64 * 1024;

/**
 * Asks an instance once whether it can take requests, on a connection of its own: that it takes one is half of what is
 * asked. Never throws, and ends within little more than a second.
 */
export function probeTarget({ address, port, health }: ProbeTarget): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let stopDeadline = startDeadline(connectMs, () => {
      resolve(noConnection);
      socket.destroy();
    });
    socket.on('error', (error) => resolve(failureOf(error)));
    socket.once('close', () => {
      stopDeadline();
      resolve(hungUp);
    });
    socket.once('connect', () => {
      stopDeadline();
      if (health.kind === 'tcp') {
        resolve({ ok: true });
        socket.destroy();
        return;
      }
      stopDeadline = startDeadline(answerMs, () => {
        resolve(noAnswer);
        socket.destroy();
      });
      socket.write(renderHealthRequest({ address, port, path: health.ready }));
      readAnswer(socket, health.ready, resolve);
    });
  });
}

/** Reads on after the status, since breaking off would be an error for the service; but not without end. */
function readAnswer(socket: Socket, path: string, done: (result: ProbeResult) => void): void {
  let head: string | undefined = '';
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) socket.destroy();
    if (head === undefined) return;
    head += chunk.toString('latin1');
    const status = readStatus(head);
    if (status === undefined) return;
    head = undefined;
    done(status === 'nonsense' ? nonsense : judgeStatus(status, path));
  });
}

function judgeStatus(status: number, path: string): ProbeResult {
  if (status < 400) return { ok: true };
  return { ok: false, problem: `answered ${status} on ${path}`.slice(0, 200), certain: false };
}

const noConnection: ProbeResult = { ok: false, problem: 'takes no connection', certain: false };
const noAnswer: ProbeResult = { ok: false, problem: `no answer within ${answerMs / 1000} s`, certain: false };
const nonsense: ProbeResult = { ok: false, problem: 'answered something else than HTTP', certain: false };
const hungUp: ProbeResult = { ok: false, problem: 'hung up without an answer', certain: true };

const certainFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  EHOSTDOWN: 'host unreachable',
  ENETUNREACH: 'network unreachable',
};

function failureOf(error: NodeJS.ErrnoException): ProbeResult {
  const problem = certainFailures[error.code ?? ''];
  if (problem !== undefined) return { ok: false, problem, certain: true };
  return { ok: false, problem: `probe failed: ${error.code ?? error.message}`.slice(0, 200), certain: false };
}
