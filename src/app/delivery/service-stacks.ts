import type { ServiceStacks } from '../../delivery/pipeline/pipeline.ts';
import { stackOf } from '../../delivery/stacks.ts';
import type { Workspace } from '../../model/workspace.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { joinPath } from '../paths.ts';

/** Looks into the folder of each service that has one and is there, for what kind it is of. */
export async function readStacks(files: FileStore, root: string, workspace: Workspace): Promise<ServiceStacks> {
  const found = await Promise.all(
    workspace.services.map(async ({ name, source }) => {
      if (source.kind !== 'folder') return [];
      const folder = joinPath(root, source.path);
      if ((await files.kindOf(folder)) !== 'directory') return [];
      return [[name, stackOf(new Set(await files.list(folder))).id] as const];
    }),
  );
  return new Map(found.flat());
}
