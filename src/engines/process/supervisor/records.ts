import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SupervisorRecord } from '../../../protocol/supervisor-api.ts';

/** The records of supervisors in a directory: of those that live, and of those that were killed. */
export function readRecords(directories: readonly string[]): readonly SupervisorRecord[] {
  return directories.flatMap((directory) =>
    listOrEmpty(directory)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => readRecord(join(directory, name)) ?? []),
  );
}

function listOrEmpty(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Undefined for one that is not there, or went away between listing and reading. */
export function readRecord(path: string): SupervisorRecord | undefined {
  try {
    const record: SupervisorRecord = JSON.parse(readFileSync(path, 'utf8'));
    return record;
  } catch {
    return undefined;
  }
}
