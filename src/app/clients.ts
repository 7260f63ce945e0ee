import { parseDocument } from 'yaml';

import { contractFiles } from '../delivery/contract/contract-files.ts';
import { MsaError } from '../model/errors.ts';
import type { Workspace } from '../model/workspace.ts';
import type { FileStore } from '../ports/file-store.ts';
import { calleeVariable } from '../protocol/names.ts';
import { renderClient } from '../scaffold/client/render-client.ts';
import { joinPath } from './paths.ts';

/** As the template writes it. */
const [contractFile] = contractFiles;

/** Where a service has the clients of others. */
export const clientsDirectory = 'src/clients';

/** A generated client, or why there is none. */
export type Client =
  | { readonly ok: true; readonly path: string; readonly content: string; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** The typed client of a service, from its OpenAPI document. */
export function clientFrom(callee: string, document: unknown): Client {
  const rendered = renderClient({ callee, variable: calleeVariable(callee), document });
  return rendered.ok ? { ...rendered, path: `${clientsDirectory}/${callee}.ts` } : rendered;
}

/** Whether a file of a service is a generated client. */
export function isClient(path: string): boolean {
  return path.startsWith(`${clientsDirectory}/`);
}

/** The contract that a service of the workspace keeps in its folder, or undefined when it keeps none. */
export async function readContract(
  files: FileStore,
  { root, workspace }: { readonly root: string; readonly workspace: Workspace },
  callee: string,
): Promise<unknown> {
  const source = workspace.services.find(({ name }) => name === callee)?.source;
  if (source?.kind !== 'folder') return undefined;
  const file = joinPath(root, `${source.path}/${contractFile}`);
  const text = await files.read(file);
  return text === undefined ? undefined : parseContract(text, file);
}

/** Reads an OpenAPI document, JSON or YAML; `file` is named when it is neither. */
export function parseContract(text: string, file: string): unknown {
  const isJson = /^\s*[{[]/.test(text) && !/\.ya?ml(?: at [\da-f]+)?$/.test(file);
  try {
    return isJson ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0]?.replace(/:$/, '') : String(error);
    throw new MsaError('MSA_CONTRACT_UNREADABLE', `${file} is not ${isJson ? 'JSON' : 'YAML'}: ${why}`, {
      cause: error,
    });
  }
}

/** A few aliases are written by people; a document that multiplies them is refused. */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS({ maxAliasCount: 1000 });
}
