import type { FileChange, FileStore } from '../../ports/file-store.ts';
import type { Decision } from '../../scaffold/changes/changes.ts';
import { joinPath, joinRelative } from '../paths.ts';
import type { UnitPlan } from '../unit-files.ts';

const envFile = '.env';
const ignoreFile = '.gitignore';

interface SecretPlan extends UnitPlan {
  readonly notes: readonly string[];
}

/** The variables an export needs a random text for, and where they go. */
interface Secrets {
  readonly files: FileStore;
  readonly root: string;
  /** Relative to the root. */
  readonly directory: string;
  readonly names: readonly string[];
  readonly randomText: () => string;
}

/**
 * Puts the missing secrets into `.env`, which only its owner may read and git does not see. What is there stays: who
 * started the system once goes on with the same.
 */
export async function planSecretFiles({ files, root, directory, names, randomText }: Secrets): Promise<SecretPlan> {
  const path = joinRelative(directory, envFile);
  const was = await files.read(joinPath(root, path));
  const missing = names.filter((name) => !new RegExp(`^(?:export\\s+)?${name}\\s*=`, 'm').test(was ?? ''));
  const content = `${withLineEnd(was ?? '')}${missing.map((name) => `${name}=${randomText()}\n`).join('')}`;
  const ignored = await planIgnored({ files, root, directory });
  if (missing.length === 0) return ignored;
  const reason = was === undefined ? 'new' : `without ${missing.join(' and ')}`;
  const [decision, change]: [Decision, FileChange] =
    was === undefined
      ? [
          { action: 'create', path, content, reason },
          { kind: 'create', path, content, secret: true },
        ]
      : [
          { action: 'update', path, content, was, reason },
          { kind: 'update', path, content, was },
        ];
  return {
    decisions: [decision, ...ignored.decisions],
    changes: [change, ...ignored.changes],
    notes: ignored.notes,
  };
}

async function planIgnored({
  files,
  root,
  directory,
}: Pick<Secrets, 'files' | 'root' | 'directory'>): Promise<SecretPlan> {
  const path = joinRelative(directory, ignoreFile);
  const current = await files.read(joinPath(root, path));
  if (current === undefined) {
    const content = `# Secrets of the system that compose.yaml runs.\n${envFile}\n`;
    const change = { path, content };
    return {
      decisions: [{ action: 'create', ...change, reason: 'new' }],
      changes: [{ kind: 'create', ...change }],
      notes: [],
    };
  }
  const isIgnored = current.split(/\r?\n/).some((line) => /^\/?\.env\*?$/.test(line.trim()));
  const notes = isIgnored ? [] : [`${path} does not list ${envFile}, which holds secrets`];
  return { decisions: [], changes: [], notes };
}

function withLineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
