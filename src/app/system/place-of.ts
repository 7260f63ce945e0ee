import { workspaceId } from '../../model/workspace-id.ts';
import type { Place } from '../../ports/engine.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { OpenWorkspace } from '../open-workspace.ts';

interface Deps {
  readonly files: FileStore;
  readonly sha256: (text: string) => string;
}

/** What tells this workspace from every other on the machine. */
export async function placeOf({ files, sha256 }: Deps, { root, workspace }: OpenWorkspace): Promise<Place> {
  const real = (await files.realPath(root)) ?? root;
  return { workspace: workspaceId(workspace.name, real, sha256), name: workspace.name, root: real };
}
