import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';

import type { SupervisorRecord } from '../../protocol/supervisor-api.ts';

/** Reads what the supervisor of a workspace has left; undefined when there is none. */
export function readRecord(path: string): SupervisorRecord | undefined {
  try {
    const record: SupervisorRecord = JSON.parse(readFileSync(path, 'utf8'));
    return record;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes it whole or not at all. */
export function writeRecord(path: string, record: SupervisorRecord): void {
  const draft = writeDraft(path, record);
  renameSync(draft, path);
}

/** As writeRecord, but says false when there is one already; of two that try at once, one succeeds. */
export function createRecord(path: string, record: SupervisorRecord): boolean {
  const draft = writeDraft(path, record);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

export function removeRecord(path: string): void {
  rmSync(path, { force: true });
}

/** Systems clear their temporary directories of what has not been touched for days. */
export function touch(paths: readonly string[]): void {
  const now = new Date();
  for (const path of paths) {
    try {
      utimesSync(path, now, now);
    } catch {
      // Gone already: then there is nothing to keep.
    }
  }
}

function writeDraft(path: string, record: SupervisorRecord): string {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
    return draft;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
