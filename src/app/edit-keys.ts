import { isMap, parseDocument, type Document } from 'yaml';

import { MsaError } from '../model/errors.ts';
import { holderProblem, parseKeysFile } from '../model/keys-file.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { ApiKey } from '../protocol/policies/auth.ts';
import type { Decision } from '../scaffold/changes/changes.ts';
import type { OpenWorkspace } from './open-workspace.ts';
import { joinPath } from './paths.ts';
import type { PlannedChange } from './planned-change.ts';

const header =
  '# Who holds an API key of the gateway, and what it may do. The keys themselves are written down nowhere: these are\n' +
  '# their hashes, so this file may be committed. `msa keys add <name>` makes a key, `msa keys remove <name>` ends it.\n';

/** Decides how a key enters the workspace's file of keys. */
export async function planAddKey(files: FileStore, opened: OpenWorkspace, key: ApiKey): Promise<PlannedChange> {
  const problem = holderProblem(key.name);
  if (problem !== undefined) throw new MsaError('MSA_USAGE', `the name ${JSON.stringify(key.name)} ${problem}`);
  const place = await readPlace(files, opened);
  if (keysOf(opened).some(({ name }) => name === key.name)) {
    throw new MsaError('MSA_USAGE', `${key.name} has a key already`, {
      hint: `\`msa keys remove ${key.name}\` ends it; or give the new one a name of its own, so that both hold for a while.`,
    });
  }
  const { name, sha256, roles, scopes } = key;
  const entry = { sha256, ...(roles.length > 0 && { roles }), ...(scopes.length > 0 && { scopes }) };
  const text = withEntry(place.text ?? header, (document) => document.set(name, document.createNode(entry)));
  const checked = parseKeysFile(text, place.path);
  if (!checked.ok) {
    throw new MsaError('MSA_USAGE', `${place.path} would not be valid any more; nothing was changed`, {
      details: checked.problems.map(({ path, message }) => `${path}: ${message}`),
    });
  }
  return change(place, text, 'a key is added');
}

/** Decides how a key leaves it. */
export async function planRemoveKey(files: FileStore, opened: OpenWorkspace, name: string): Promise<PlannedChange> {
  const place = await readPlace(files, opened);
  const names = keysOf(opened).map((key) => key.name);
  if (place.text === undefined || !names.includes(name)) {
    throw new MsaError('MSA_USAGE', `nobody called ${JSON.stringify(name)} has a key`, {
      hint: names.length === 0 ? 'There are no keys.' : `There are: ${names.join(', ')}.`,
    });
  }
  const text = withEntry(place.text, (document) => document.delete(name));
  return change(place, names.length === 1 ? keptComments(text) : text, 'a key is removed');
}

/** The keys there are, without saying what they are. */
export function keysOf({ workspace }: OpenWorkspace): readonly ApiKey[] {
  return workspace.gateway.policy?.auth?.keys ?? [];
}

interface Place {
  readonly path: string;
  /** Undefined when there is no such file yet. */
  readonly text: string | undefined;
}

async function readPlace(files: FileStore, { root, workspace }: OpenWorkspace): Promise<Place> {
  const path = workspace.gateway.keysFile;
  if (path === undefined) {
    throw new MsaError('MSA_USAGE', 'msa.yaml does not say where API keys are', {
      hint: 'Write `gateway: { auth: { keysFile: gateway/keys.yaml } }` into it.',
    });
  }
  return { path, text: await files.read(joinPath(root, path)) };
}

/** Changes the file as a document, so that comments and order stay. */
function withEntry(text: string, edit: (document: Document) => void): string {
  const document: Document = parseDocument(text);
  if (!isMap(document.contents)) document.contents = document.createNode({});
  edit(document);
  return document.toString({ lineWidth: 0 });
}

/** What is left without its last entry is an empty mapping, which people would not write. */
function keptComments(text: string): string {
  return text.replace(/^\{\}\n?/m, '');
}

function change({ path, text: was }: Place, content: string, reason: string): PlannedChange {
  const known = was === undefined ? {} : { was };
  const action = was === undefined ? 'create' : 'update';
  const decision: Decision = { action, path, content, reason, ...known };
  return { decisions: [decision], changes: [{ kind: action, path, content, ...known }], notes: [] };
}
