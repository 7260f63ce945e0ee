import type { FileChange, FileStore } from '../../ports/file-store.ts';
import { decideChanges, fileChanges, type FileStates, type Policy } from '../../scaffold/changes/changes.ts';
import { joinPath, joinRelative } from '../paths.ts';
import type { UnitPlan } from '../unit-files.ts';

/** Where texts are written and with what they are compared. */
interface Writing {
  readonly files: FileStore;
  readonly sha256: (text: string) => string;
  /** Absolute; everything is written below it. */
  readonly root: string;
  /** Relative to the root; empty for the root itself. */
  readonly directory: string;
}

/** The list of what was written, in the folder itself: it may lie outside of every workspace. */
const recordFile = '.msa-export.json';
const format = 1;

/** Decides about files of which only a hash is kept, so that they are told from edited ones. */
export async function planWrittenFiles(
  writing: Writing,
  texts: ReadonlyMap<string, string>,
  policy: Policy,
): Promise<UnitPlan> {
  const { files, sha256, root, directory } = writing;
  const record = await files.read(joinPath(root, joinRelative(directory, recordFile)));
  const hashes = parseRecord(record);
  const states = await Promise.all(
    [...texts].map(async ([name, next]): Promise<FileStates> => {
      const path = joinRelative(directory, name);
      const current = await files.read(joinPath(root, path));
      return { path, base: baseOf(hashes.get(name), [current, next], sha256), current, next };
    }),
  );
  const decisions = decideChanges(states, policy);
  const after = renderRecord(new Map([...hashes, ...[...texts].map(([name, text]) => [name, sha256(text)] as const)]));
  return { decisions, changes: [...fileChanges(decisions), ...recordChange(writing, record, after)] };
}

/** The text as it was written last, as far as that can be told from its hash. */
function baseOf(
  hash: string | undefined,
  candidates: readonly (string | undefined)[],
  sha256: Writing['sha256'],
): string | undefined {
  if (hash === undefined) return undefined;
  return candidates.find((text) => text !== undefined && sha256(text) === hash) ?? '';
}

function recordChange({ directory }: Writing, before: string | undefined, after: string): readonly FileChange[] {
  const path = joinRelative(directory, recordFile);
  if (before === after) return [];
  if (before === undefined) return [{ kind: 'create', path, content: after }];
  return [{ kind: 'update', path, content: after, was: before }];
}

function renderRecord(hashes: ReadonlyMap<string, string>): string {
  const files = Object.fromEntries([...hashes].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  return `${JSON.stringify({ format, files }, null, 2)}\n`;
}

/** Nothing where the record is missing or unreadable: then every file counts as somebody else's. */
function parseRecord(text: string | undefined): ReadonlyMap<string, string> {
  const value = parseJson(text ?? '');
  if (typeof value !== 'object' || value === null || !('files' in value)) return new Map();
  const { files } = value;
  if (typeof files !== 'object' || files === null) return new Map();
  return new Map(Object.entries(files).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
