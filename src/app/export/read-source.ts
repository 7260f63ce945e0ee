import { readDockerfile, readImageName, type ImageFacts } from '../../export/dockerfile.ts';
import { MsaError } from '../../model/errors.ts';
import type { Service } from '../../model/workspace.ts';
import { parseEnvFile } from '../../plan/env-file.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import { joinPath, joinRelative } from '../paths.ts';

/** What is known of each service's image before it is built. */
export async function readImages(files: FileStore, opened: OpenWorkspace): Promise<ReadonlyMap<string, ImageFacts>> {
  const { services } = opened.workspace;
  return new Map(
    await Promise.all(
      services.map(async (service) => [service.name, await readImage(files, opened, service)] as const),
    ),
  );
}

async function readImage(files: FileStore, { root }: OpenWorkspace, { name, source }: Service): Promise<ImageFacts> {
  if (source.kind === 'image') return readImageName(source.image);
  const path = joinRelative(source.path, 'Dockerfile');
  const text = await files.read(joinPath(root, path));
  if (text !== undefined) return readDockerfile(text);
  throw new MsaError('MSA_SERVICE_UNRUNNABLE', `Compose cannot run ${name}: there is no ${path}`, {
    hint: `Add ${path}, which says how its image is built.`,
  });
}

interface EnvFiles {
  /** Names of the variables that a service's env file sets, by service. */
  readonly variables: ReadonlyMap<string, ReadonlySet<string>>;
  readonly notes: readonly string[];
}

/** Env files stay where they are; what Compose makes of them differently is told. */
export async function readEnvFiles(files: FileStore, { root, workspace }: OpenWorkspace): Promise<EnvFiles> {
  const variables = new Map<string, ReadonlySet<string>>();
  const notes: string[] = [];
  for (const { name, envFile } of workspace.services) {
    if (envFile === undefined) continue;
    const text = await files.read(joinPath(root, envFile));
    if (text === undefined) {
      notes.push(`${envFile} is missing: Compose will not start ${name} without it`);
      continue;
    }
    const { values } = parseEnvFile(text);
    variables.set(name, new Set(Object.keys(values)));
    if (Object.values(values).some((value) => value.includes('$')))
      notes.push(`${envFile} has a $: Compose puts a variable in its place, except between single quotes`);
  }
  return { variables, notes };
}
