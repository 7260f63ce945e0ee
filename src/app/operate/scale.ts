import { setReplicas } from '../../model/edit-workspace.ts';
import { MsaError } from '../../model/errors.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { findService } from '../find-service.ts';
import { openWorkspace, workspaceFile, type OpenWorkspace } from '../open-workspace.ts';

/** How many instances of a service shall run. */
export interface Wish {
  readonly service: string;
  readonly replicas: number;
}

const maxReplicas = 50;

/** Reads `orders=3`; refuses what is no such thing, names no service, or contradicts another. */
export function parseWishes(texts: readonly string[], opened: OpenWorkspace): readonly Wish[] {
  const wishes = texts.map((text) => parseWish(text, opened));
  for (const { service } of wishes) {
    if (wishes.filter((other) => other.service === service).length === 1) continue;
    throw new MsaError('MSA_USAGE', `${service} is scaled twice`, { hint: `For example: msa scale ${service}=2` });
  }
  return wishes;
}

function parseWish(text: string, opened: OpenWorkspace): Wish {
  const [, service = text, count] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const hint = `For example: msa scale ${service === '' ? 'orders' : service}=2`;
  if (count === undefined) throw new MsaError('MSA_USAGE', `${JSON.stringify(text)} says no number`, { hint });
  const { name } = findService(opened, service);
  const replicas = Number(count);
  if (/^\d+$/.test(count) && replicas <= maxReplicas) return { service: name, replicas };
  throw new MsaError('MSA_USAGE', `${JSON.stringify(count)} is no whole number from 0 to ${maxReplicas}`, { hint });
}

/** Writes wishes into msa.yaml as it stands now; says whether that changed anything. */
export async function saveWishes(files: FileStore, directory: string, wishes: readonly Wish[]): Promise<boolean> {
  const { root, text } = await openWorkspace(files, directory);
  const content = wishes.reduce((edited, { service, replicas }) => setReplicas(edited, service, replicas), text);
  if (content === text) return false;
  await files.apply(root, [{ kind: 'update', path: workspaceFile, content, was: text }]);
  return true;
}
