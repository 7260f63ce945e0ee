import { addService } from '../../model/edit-workspace.ts';
import { MsaError } from '../../model/errors.ts';
import type { WrittenService } from '../../model/schema/workspace-schema.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Decision } from '../../scaffold/changes/changes.ts';
import type { PlannedChange } from '../planned-change.ts';
import { requireValidEdit, workspaceFile, type OpenWorkspace } from '../open-workspace.ts';
import { baseName, joinPath, parentOf, relativeTo, resolvePath } from '../paths.ts';
import { serviceNameFrom, type AddedService } from './added-service.ts';
import { importCompose } from './compose.ts';
import { inspectFolder } from './folder.ts';

export interface AddRequest {
  /** As typed: a folder, a Compose file or the name of an image. */
  readonly source: string;
  /** The directory that a path is meant from. */
  readonly directory: string;
  readonly name: string | undefined;
  /** What options say about the one service that is added; a Compose file says it itself. */
  readonly given: Pick<WrittenService, 'port' | 'health' | 'command' | 'routes'>;
}

/** A change of the workspace, and the services it brings. */
export interface PlannedAdd extends PlannedChange {
  readonly names: readonly string[];
}

/** Decides what taking something existing into the workspace changes: `msa.yaml`, and nothing else. */
export async function planAdd(files: FileStore, opened: OpenWorkspace, request: AddRequest): Promise<PlannedAdd> {
  const added = await readSource(files, opened, request);
  const text = added.reduce((edited, { name, entry }) => addService(edited, name, entry), opened.text);
  requireValidEdit(text);
  const names = added.map(({ name }) => name);
  const change = { path: workspaceFile, content: text, was: opened.text };
  const decision: Decision = { action: 'update', ...change, reason: `adds ${names.join(', ')}` };
  return {
    names,
    decisions: [decision],
    changes: [{ kind: 'update', ...change }],
    notes: added.flatMap(({ notes }) => notes),
  };
}

async function readSource(
  files: FileStore,
  opened: OpenWorkspace,
  request: AddRequest,
): Promise<readonly AddedService[]> {
  const path = resolvePath(request.directory, request.source);
  const kind = await files.kindOf(path);
  if (kind === 'directory') return [await fromFolder(files, opened, { ...request, path })];
  if (kind === 'file' && /\.ya?ml$/.test(path)) return fromCompose(files, opened, { ...request, path });
  if (kind === undefined && isImage(request.source)) return [fromImage(request)];
  throw new MsaError('MSA_USAGE', `${request.source} is no folder, no Compose file and no image`, {
    hint: 'For example: msa add services/legacy, msa add ghcr.io/acme/legacy:1, msa add compose.yaml',
  });
}

type PathRequest = AddRequest & { readonly path: string };

async function fromFolder(files: FileStore, { root }: OpenWorkspace, request: PathRequest): Promise<AddedService> {
  const { path, given } = request;
  const relative = relativeTo(root, path);
  if (relative === undefined) {
    throw new MsaError('MSA_USAGE', `${path} lies outside of the workspace ${root}`, {
      hint: `Move it into the workspace: services are built and run from there.`,
    });
  }
  const kind = given.command === undefined ? await inspectFolder(files, path) : { command: undefined, prepare: [] };
  const name = nameFor(request, baseName(path));
  const entry: WrittenService = {
    path: relative,
    ...(kind.prepare.length === 0 ? {} : { prepare: [...kind.prepare] }),
    ...(kind.command === undefined ? {} : { command: kind.command }),
    health: 'tcp',
    ...given,
  };
  const hasDockerfile = (await files.kindOf(joinPath(path, 'Dockerfile'))) === 'file';
  return {
    name,
    entry,
    notes: hasDockerfile ? [] : [`${name}: has no Dockerfile, so only the process engine can run it`],
  };
}

function fromImage(request: AddRequest): AddedService {
  const name = nameFor(
    request,
    request.source
      .replace(/[:@].*$/, '')
      .split('/')
      .at(-1) ?? '',
  );
  const { source, given } = request;
  const notes = [
    ...(/[:@]/.test(source) ? [] : [`${name}: there is no folder ${source}, so it is taken for an image`]),
    ...(given.port === undefined ? [`${name}: is taken to listen on PORT; pass --port if it does not`] : []),
  ];
  return { name, entry: { image: source, health: 'tcp', ...given }, notes };
}

async function fromCompose(
  files: FileStore,
  { root }: OpenWorkspace,
  request: PathRequest,
): Promise<readonly AddedService[]> {
  if (request.name !== undefined || Object.keys(request.given).length > 0) {
    throw new MsaError('MSA_USAGE', 'a Compose file says itself what its services are called and how they listen', {
      hint: `msa add ${request.source}`,
    });
  }
  const text = (await files.read(request.path)) ?? '';
  const folderOf = (context: string): string | undefined =>
    relativeTo(root, resolvePath(parentOf(request.path), context));
  return importCompose(text, request.source, folderOf).services;
}

function nameFor({ name }: AddRequest, source: string): string {
  const found = name ?? serviceNameFrom(source);
  if (found !== undefined) return found;
  throw new MsaError('MSA_USAGE', `no name for a service can be made of ${JSON.stringify(source)}`, {
    hint: 'Pass --name legacy.',
  });
}

/** A path that does not exist looks like an image too; one that begins like a path is meant as one. */
function isImage(source: string): boolean {
  return /^[a-z0-9]+(?:[._/:@-][\w.-]+)*$/.test(source) && !/\.ya?ml$/.test(source);
}
