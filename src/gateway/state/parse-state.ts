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
  const { epoch, revision, system, instances, keptSince } = value;
  return (
    typeof epoch === 'string' &&
    typeof revision === 'number' &&
    (system === null || isSystem(system)) &&
    (keptSince === undefined || typeof keptSince === 'string') &&
    isListOf(instances, { texts: ['id', 'service', 'address', 'status', 'since'], numbers: ['port'] })
  );
}

function isSystem(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { workspace, services, routes, edges } = value;
  return (
    typeof workspace === 'string' &&
    isListOf(services, { texts: ['name'], numbers: [] }) &&
    isListOf(routes, { texts: ['path'], numbers: ['timeoutMs', 'retryAttempts'] }) &&
    routes.every(isRoute) &&
    isListOf(edges, { texts: ['caller', 'callee'], numbers: ['port', 'timeoutMs', 'retryAttempts'] })
  );
}

interface Members {
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

function isRoute({ service, hosts, matches, policy }: Record<string, unknown>): boolean {
  return (
    (service === undefined || typeof service === 'string') &&
    (hosts === undefined || isTexts(hosts)) &&
    (matches === undefined || (isListOf(matches, { texts: ['path'], numbers: [] }) && matches.every(isMatch))) &&
    (policy === undefined || isObject(policy))
  );
}

function isMatch({ methods, headers, query }: Record<string, unknown>): boolean {
  return (
    (methods === undefined || isTexts(methods)) &&
    [headers, query].every((each) => each === undefined || hasTexts(each))
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function hasTexts(value: unknown): boolean {
  return isObject(value) && isTexts(Object.values(value));
}

function isListOf(value: unknown, { texts, numbers }: Members): value is Record<string, unknown>[] {
  const isItem = (item: unknown): boolean =>
    isObject(item) &&
    texts.every((key) => typeof item[key] === 'string') &&
    numbers.every((key) => typeof item[key] === 'number');
  return Array.isArray(value) && value.every(isItem);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
