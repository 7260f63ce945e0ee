import { callLimits } from './messages.ts';
import type { FromThread, Stage } from './messages.ts';

const stages: readonly Stage[] = ['pre', 'post', 'error'];
const maxProblemLength = 2000;

/** Reads a message of a thread; undefined for what no thread of ours would say, which the user's code can. */
export function readMessage(value: unknown): FromThread | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const message: Readonly<Record<string, unknown>> = { ...value };
  const { kind, id } = message;
  if (kind === 'pong') return { kind };
  if (kind === 'ready') return readReady(message);
  if (kind === 'broken') return { kind, problem: text(message['problem'], maxProblemLength) };
  if (kind === 'log')
    return {
      kind,
      level: text(message['level'], 10),
      text: text(message['text'], callLimits.logBytes),
      requestId: text(message['requestId'], 128),
    };
  if (typeof id !== 'number') return undefined;
  if (kind === 'done') return { kind, id, result: message['result'] };
  return kind === 'failed' ? { kind, id, problem: text(message['problem'], maxProblemLength) } : undefined;
}

function readReady({ stages: told, maxBodyBytes }: Readonly<Record<string, unknown>>): FromThread {
  const list: readonly unknown[] = Array.isArray(told) ? told : [];
  const bytes = typeof maxBodyBytes === 'number' ? Math.trunc(maxBodyBytes) : 0;
  return {
    kind: 'ready',
    stages: stages.filter((stage) => list.includes(stage)),
    maxBodyBytes: Math.min(Math.max(bytes, 0), callLimits.bodyBytes),
  };
}

function text(value: unknown, maxLength: number): string {
  return typeof value === 'string' ? value.slice(0, maxLength) : '';
}
