import { updatePins, type CommentStyle, type UpdatedText } from '../../../delivery/pins/update-pins.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import { fileChanges, type Decision } from '../../../scaffold/changes/changes.ts';
import { joinPath, joinRelative } from '../../paths.ts';
import type { PlannedChange } from '../../planned-change.ts';

export interface PinUpdate extends PlannedChange {
  /** The pipelines that were looked at. */
  readonly paths: readonly string[];
}

/** Decides which pins of the pipelines move to what this version of msa knows. Files edited by hand are treated like others. */
export async function planPinUpdate(files: FileStore, root: string): Promise<PinUpdate> {
  const paths = await pipelineFiles(files, root);
  const decisions: Decision[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const was = (await files.read(joinPath(root, path))) ?? '';
    const updated = updatePins(was, commentsOf(path));
    notes.push(
      ...updated.left.map(({ line, name, at, reason }) => `${path}:${line}: ${name} stays at ${at}: ${reason}`),
    );
    if (updated.text !== was)
      decisions.push({ action: 'update', path, content: updated.text, was, reason: reasonFor(updated) });
  }
  return { paths, decisions, changes: fileChanges(decisions), notes };
}

/** Where the three systems look for pipelines, and GitHub for actions of the repository. */
async function pipelineFiles(files: FileStore, root: string): Promise<readonly string[]> {
  const below = async (folder: string, pattern: RegExp): Promise<readonly string[]> =>
    (await files.listFiles(joinPath(root, folder)))
      .filter((path) => pattern.test(path))
      .map((path) => joinRelative(folder, path));
  const own = (await files.list(root)).filter((name) => /^(?:\.gitlab-ci\.ya?ml|Jenkinsfile.*)$/.test(name));
  return [
    ...(await below('.github/workflows', /^[^/]+\.ya?ml$/)),
    ...(await below('.github/actions', /(?:^|\/)action\.ya?ml$/)),
    ...(await below('.gitlab', /\.ya?ml$/)),
    ...own,
  ];
}

function commentsOf(path: string): CommentStyle {
  return path.startsWith('Jenkinsfile') ? '//' : '#';
}

/** "actions/checkout v4 to v7.0.1 and 2 more". */
function reasonFor({ moved }: UpdatedText): string {
  const [first, ...more] = [...new Set(moved.map(({ name, from, to }) => `${name} ${shortened(from)} to ${to}`))];
  return more.length === 0 ? `${first}` : `${first} and ${more.length} more`;
}

/** Of a commit or digest nobody reads more. */
function shortened(version: string): string {
  return /^[0-9a-f]{40}$/.test(version) ? version.slice(0, 12) : version;
}
