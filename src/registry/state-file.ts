import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Log } from './log.ts';
import { check, snapshotSchema } from './schemas.ts';
import type { Store, Told } from './store.ts';

/** Several changes that come together are written once. */
const debounceMs = 50;

/** Gives what the file remembers; undefined when there is none. One that says nothing sensible is moved aside. */
export function readStateFile(path: string, log: Log): Told | undefined {
  const text = readText(path, log);
  if (text === undefined) return undefined;
  const snapshot = check(snapshotSchema, parse(text));
  if (snapshot.ok) return snapshot.value;
  const aside = `${path}.corrupt`;
  log('error', 'the state file is corrupt; starting without it', { path, aside, problems: snapshot.problems });
  attempt(log, path, () => renameSync(path, aside));
  return undefined;
}

/** Writes what the store has been told after each change of it. Gives the function that writes the last and ends it. */
export function keepStateFile(path: string, store: Store, log: Log): () => void {
  let written = '';
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    timer = undefined;
    const text = JSON.stringify({ format: 1, ...store.told });
    if (text !== written && attempt(log, path, () => writeWhole(path, text))) written = text;
  };
  const unsubscribe = store.onChange(() => (timer ??= setTimeout(write, debounceMs)));
  return () => {
    unsubscribe();
    if (timer === undefined) return;
    clearTimeout(timer);
    write();
  };
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

function readText(path: string, log: Log): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isAbsent) log('error', 'the state file cannot be read', { path, error: String(error) });
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A disk that is full must not end the registry: it only forgets more when it is started again. */
function attempt(log: Log, path: string, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    log('error', 'the state file cannot be written', { path, error: String(error) });
    return false;
  }
}
