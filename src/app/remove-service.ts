import { removeChaos } from '../model/edit-delivery.ts';
import { removeCall, removeService } from '../model/edit-workspace.ts';
import { MsaError } from '../model/errors.ts';
import type { Service } from '../model/workspace.ts';
import type { FileChange, FileStore } from '../ports/file-store.ts';
import { unitDirectory } from '../scaffold/changes/base.ts';
import type { Decision } from '../scaffold/changes/changes.ts';
import { findService } from './find-service.ts';
import { requireValidEdit, workspaceFile, type OpenWorkspace } from './open-workspace.ts';
import { joinPath, relativeTo } from './paths.ts';
import type { PlannedChange } from './planned-change.ts';

export interface RemoveService {
  readonly name: string;
  readonly keepFiles: boolean;
}

/** Decides what removing a service takes away: its entry, what the file says of it elsewhere, its folder and its record. */
export async function planRemoveService(
  files: FileStore,
  opened: OpenWorkspace,
  { name, keepFiles }: RemoveService,
): Promise<PlannedChange> {
  const service = findService(opened, name);
  if (!keepFiles) await refuseShared(files, opened, service);
  const removed = removeService(opened.text, name);
  const uncalled = removed.calledBy.reduce((edited, caller) => removeCall(edited, caller, name), removed.text);
  const text = removeChaos(uncalled, name);
  // A route may still name it, as its fallback say: what is to become of that nobody can guess.
  requireValidEdit(text, `Let these name another service, or take them out; then remove ${name}.`);
  const directories = [...(keepFiles ? [] : ownFolder(service)), unitDirectory(name)];
  const present: string[] = [];
  for (const path of directories) {
    if ((await files.kindOf(joinPath(opened.root, path))) === 'directory') present.push(path);
  }
  const entry: Decision = {
    action: 'update',
    path: workspaceFile,
    content: text,
    was: opened.text,
    reason: 'the entry goes',
  };
  const folders = present.map((path): Decision => ({ action: 'delete', path: `${path}/`, reason: 'the whole folder' }));
  const deletions = present.map((path): FileChange => ({ kind: 'delete-directory', path }));
  return {
    decisions: [entry, ...folders],
    changes: [...deletions, { kind: 'update', path: workspaceFile, content: text, was: opened.text }],
    notes: removed.calledBy.map(
      (caller) => `${caller} no longer declares that it calls ${name}; its code may still do so`,
    ),
  };
}

/** Deleting a folder must not take with it what another service is made of. */
async function refuseShared(files: FileStore, { root, workspace }: OpenWorkspace, service: Service): Promise<void> {
  const [folder] = ownFolder(service);
  if (folder === undefined) return;
  const within = joinPath((await files.realPath(root)) ?? root, folder);
  const holds = async (path: string): Promise<boolean> =>
    relativeTo(folder, path) !== undefined ||
    relativeTo(within, (await files.realPath(joinPath(root, path))) ?? '') !== undefined;
  const shared: string[] = [];
  for (const { name, source, envFile } of workspace.services) {
    if (name === service.name) continue;
    if (source.kind === 'folder' && (await holds(source.path))) shared.push(`${source.path} is the folder of ${name}`);
    if (envFile !== undefined && (await holds(envFile))) shared.push(`${envFile} is the envFile of ${name}`);
  }
  if (shared.length === 0) return;
  throw new MsaError('MSA_USAGE', `the folder ${folder} holds more than ${service.name}; nothing was removed`, {
    details: shared,
    hint: `Move that elsewhere, or pass --keep-files and delete by hand what is only of ${service.name}.`,
  });
}

/** The workspace's own folder is nobody's to delete. */
function ownFolder({ source }: Service): readonly string[] {
  return source.kind === 'folder' && source.path !== '.' ? [source.path] : [];
}
