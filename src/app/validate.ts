import type { Service, Workspace } from '../model/workspace.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { OpenWorkspace } from './open-workspace.ts';
import { joinPath, relativeTo } from './paths.ts';

/** Something `msa.yaml` says that the disk does not agree with. */
export interface DiskProblem {
  readonly service: string;
  readonly message: string;
  readonly hint: string;
}

/** Checks what `msa.yaml` says of folders and files; the file itself is valid when this is called. */
export async function checkDisk(files: FileStore, { root, workspace }: OpenWorkspace): Promise<readonly DiskProblem[]> {
  const found = await Promise.all(workspace.services.map((service) => checkService({ files, root }, service)));
  return found.flat();
}

interface Place {
  readonly files: FileStore;
  readonly root: string;
}

async function checkService(place: Place, service: Service): Promise<DiskProblem[]> {
  const problems = [...(await checkFolder(place, service)), ...(await checkEnvFile(place, service))];
  return problems.map(({ message, hint }) => ({ service: service.name, message, hint }));
}

type Complaint = Omit<DiskProblem, 'service'>;

async function checkFolder({ files, root }: Place, { name, source, command }: Service): Promise<Complaint[]> {
  if (source.kind === 'image') return [];
  const { path } = source;
  const folder = joinPath(root, path);
  const kind = await files.kindOf(folder);
  if (kind === undefined) {
    return [{ message: `its folder ${path} does not exist`, hint: `Create it, or correct \`path\` of ${name}.` }];
  }
  if (kind !== 'directory') return [{ message: `${path} is no folder`, hint: `Correct \`path\` of ${name}.` }];
  const real = await files.realPath(folder);
  if (real === undefined || relativeTo((await files.realPath(root)) ?? root, real) === undefined) {
    return [{ message: `${path} is a link that leaves the workspace`, hint: 'Move the folder into the workspace.' }];
  }
  const names = await files.list(folder);
  if (command !== undefined || names.includes('Dockerfile') || names.includes('package.json')) return [];
  return [{ message: `nothing in ${path} says how to run it`, hint: 'Add a Dockerfile, a package.json or `command`.' }];
}

async function checkEnvFile({ files, root }: Place, { name, envFile }: Service): Promise<Complaint[]> {
  if (envFile === undefined || (await files.kindOf(joinPath(root, envFile))) === 'file') return [];
  return [{ message: `its envFile ${envFile} does not exist`, hint: `Create it, or correct \`envFile\` of ${name}.` }];
}

/** What is right in form and probably not what was meant. */
export function adviceFor({ services }: Workspace): readonly string[] {
  return services.flatMap(({ name, store, source, replicas }) =>
    store === 'memory' && source.kind === 'folder' && replicas > 1
      ? [`${name} has ${replicas} replicas and no shared store: if it keeps data, each instance has its own`]
      : [],
  );
}
