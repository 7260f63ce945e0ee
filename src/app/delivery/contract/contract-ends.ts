import { openDocument, unreadable, type ContractDocument } from '../../../delivery/contract/document.ts';
import { MsaError } from '../../../model/errors.ts';
import type { Service, Workspace } from '../../../model/workspace.ts';
import { contractFiles } from '../../../delivery/contract/contract-files.ts';
import { parseContract } from '../../clients.ts';
import { joinRelative } from '../../paths.ts';
import { foldersOf } from '../range/find-stacks.ts';
import type { Version } from '../range/workspace-at.ts';

/** One end of a range: the files of the workspace there. */
export interface ContractEnd {
  readonly version: Version;
  /** Undefined: what stands on disk. */
  readonly commit: string | undefined;
  /** What lies directly in the folders of services, relative to the workspace. */
  readonly names: ReadonlySet<string>;
}

/** Looks once into the folders of all services. */
export async function openEnd(
  version: Version,
  commit: string | undefined,
  workspace: Workspace,
): Promise<ContractEnd> {
  const folders = foldersOf(workspace).map(({ path }) => path);
  return { version, commit, names: new Set(folders.length === 0 ? [] : await version.list(folders)) };
}

/** The document that a service keeps in its folder, relative to the workspace; undefined when it keeps none. */
export function findContract({ names }: ContractEnd, { source }: Pick<Service, 'source'>): string | undefined {
  if (source.kind === 'image') return undefined;
  return contractFiles.map((name) => joinRelative(source.path, name)).find((file) => names.has(file));
}

const maxCharacters = 32 * 1024 * 1024;

/** The document, or why it is none. */
export async function readDocument({ version, commit }: ContractEnd, file: string): Promise<ContractDocument | string> {
  const name = commit === undefined ? file : `${file} at ${commit.slice(0, 10)}`;
  try {
    const text = (await version.read(file)) ?? '';
    if (text.length > maxCharacters) throw unreadable(name, `it has more than ${maxCharacters} characters`);
    return openDocument(parseContract(text, name), name);
  } catch (error) {
    if (error instanceof MsaError) return error.message;
    throw error;
  }
}
