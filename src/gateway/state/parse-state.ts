import type { WatchMessage, WatchState } from '../../protocol/watch.ts';

/** Reads a line of the watch stream; undefined when it is of a type that is not known here. Throws when it is none. */
export function parseWatchLine(line: string): WatchMessage | undefined {
  if (line.trim() === '') return undefined;
  const message: unknown = JSON.parse(line);
  if (!isObject(message)) throw new TypeError('the registry sent a line that is no message');
  if (message['type'] === 'heartbeat') return { type: 'heartbeat' };
  if (message['type'] !== 'state') return undefined;
  if (!isWatchState(message)) throw new TypeError('the registry sent a state that has not the form of one');
  return message;
}

export function isWatchState(value: unknown): value is WatchState {
  if (!isObject(value)) return false;
  const { epoch, revision, system, instances } = value;
  return (
    typeof epoch === 'string' &&
    typeof revision === 'number' &&
    (system === null || isSystem(system)) &&
    Array.isArray(instances) &&
    instances.every(isInstance)
  );
}

function isSystem(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { workspace, services, routes, edges } = value;
  return (
    typeof workspace === 'string' &&
    isListOf(services, ['name']) &&
    isListOf(routes, ['path', 'service']) &&
    isListOf(edges, ['caller', 'callee'])
  );
}

function isInstance(value: unknown): boolean {
  return (
    isObject(value) &&
    ['id', 'service', 'address', 'status'].every((key) => typeof value[key] === 'string') &&
    typeof value['port'] === 'number'
  );
}

function isListOf(value: unknown, texts: readonly string[]): boolean {
  return (
    Array.isArray(value) && value.every((item) => isObject(item) && texts.every((key) => typeof item[key] === 'string'))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
