import { openDocument, unreadable, type ContractDocument } from '../../delivery/contract/document.ts';
import { MsaError } from '../../model/errors.ts';
import type { Service } from '../../model/workspace.ts';
import { contractFiles, parseContract } from '../clients.ts';
import { joinRelative } from '../paths.ts';
import type { Version } from './workspace-at.ts';

/** One end of a range: the files of the workspace there. */
export interface ContractEnd {
  readonly version: Version;
  /** Undefined: what stands on disk. */
  readonly commit: string | undefined;
}

export interface FoundContract {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
}

/** The document that a service keeps in its folder; undefined when it keeps none. */
export async function findContract(
  { version }: ContractEnd,
  { source }: Pick<Service, 'source'>,
): Promise<FoundContract | undefined> {
  if (source.kind === 'image') return undefined;
  for (const name of contractFiles) {
    const file = joinRelative(source.path, name);
    const text = await version.read(file);
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

const maxCharacters = 32 * 1024 * 1024;

/** The document, or why it is none. */
export function readDocument({ commit }: ContractEnd, { file, text }: FoundContract): ContractDocument | string {
  const name = commit === undefined ? file : `${file} at ${commit.slice(0, 10)}`;
  try {
    if (text.length > maxCharacters) throw unreadable(name, `it has more than ${maxCharacters} characters`);
    return openDocument(parseContract(text, name), name);
  } catch (error) {
    if (error instanceof MsaError) return error.message;
    throw error;
  }
}
