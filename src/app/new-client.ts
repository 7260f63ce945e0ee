import { addCall } from '../model/edit-workspace.ts';
import { MsaError } from '../model/errors.ts';
import type { Service } from '../model/workspace.ts';
import type { FileChange, FileStore } from '../ports/file-store.ts';
import type { Decision } from '../scaffold/changes/changes.ts';
import { refuseContested } from './change-report.ts';
import { clientFrom, isClient, parseContract, readContract } from './clients.ts';
import type { Generator } from './generate.ts';
import type { PlannedChange } from './planned-change.ts';
import { workspaceFile, type OpenWorkspace } from './open-workspace.ts';
import { joinPath } from './paths.ts';
import { readRecord, regenerate } from './recorded-service.ts';
import { findService } from './find-service.ts';
import { planUnit, type GeneratedUnit, type UnitPlan } from './unit-files.ts';

export interface NewClient {
  readonly callee: string;
  readonly caller: string;
  /** Absolute path of the callee's OpenAPI document; undefined for the one in its folder. */
  readonly contractFile: string | undefined;
  readonly force: boolean;
}

/** Decides what a typed client of one service in another takes: the file, and the declared call. */
export async function planNewClient(
  generator: Generator,
  opened: OpenWorkspace,
  { callee, caller, contractFile, force }: NewClient,
): Promise<PlannedChange> {
  const { files } = generator;
  findService(opened, callee);
  const service = findService(opened, caller);
  const { source } = service;
  if (callee === caller) throw new MsaError('MSA_USAGE', `${caller} cannot call itself`);
  if (source.kind !== 'folder') {
    throw new MsaError('MSA_USAGE', `${caller} runs from an image: it has no folder for a client`);
  }
  const client = clientFrom(callee, await contract(files, opened, { callee, contractFile }));
  if (!client.ok) {
    throw new MsaError(
      'MSA_CONTRACT_UNREADABLE',
      `the OpenAPI document of ${callee} cannot be used: ${client.problem}`,
    );
  }
  const unit = {
    unit: caller,
    directory: source.path,
    files: new Map([[client.path, client.content]]),
    isComplete: false,
  };
  const plan = await planUnit({ files, root: opened.root }, unit, force ? 'replace' : 'refuse');
  refuseContested(plan.decisions);
  const text = addCall(opened.text, caller, callee);
  const declared = text === opened.text ? [] : [{ was: opened.text, content: text, path: workspaceFile }];
  const told = await planDeclaration(generator, opened, { caller: service, callee });
  return {
    decisions: [
      ...declared.map((edit): Decision => ({ action: 'update', ...edit, reason: `${caller} calls ${callee}` })),
      ...told.decisions,
      ...plan.decisions,
    ],
    changes: [...told.changes, ...plan.changes, ...declared.map((edit): FileChange => ({ kind: 'update', ...edit }))],
    notes: [...client.notes, ...(await transportNotes(files, joinPath(opened.root, source.path)))],
  };
}

/** What a service made by msa says of its calls in files of its own, such as what it refuses to start without. */
async function planDeclaration(
  generator: Generator,
  opened: OpenWorkspace,
  { caller, callee }: { readonly caller: Service; readonly callee: string },
): Promise<UnitPlan> {
  const place = { files: generator.files, root: opened.root };
  const generate = async (calls: readonly string[]): Promise<GeneratedUnit | undefined> => {
    const recorded = await readRecord(place.files, place.root, { ...caller, calls });
    return typeof recorded === 'object' ? regenerate(generator, opened, recorded) : undefined;
  };
  const before = await generate(caller.calls);
  const after = await generate([...new Set([...caller.calls, callee])]);
  if (before === undefined || after === undefined) return { decisions: [], changes: [] };
  const told = [...after.files].filter(([path, text]) => !isClient(path) && before.files.get(path) !== text);
  return planUnit(place, { ...after, files: new Map(told), isComplete: false }, 'merge');
}

async function contract(
  files: FileStore,
  opened: OpenWorkspace,
  { callee, contractFile }: Pick<NewClient, 'callee' | 'contractFile'>,
): Promise<unknown> {
  if (contractFile === undefined) {
    const found = await readContract(files, opened, callee);
    if (found !== undefined) return found;
    throw new MsaError('MSA_CONTRACT_UNREADABLE', `${callee} has no openapi.json in its folder`, {
      hint: `Pass --from <file> with the OpenAPI document of ${callee}.`,
    });
  }
  const text = await files.read(contractFile);
  if (text !== undefined) return parseContract(text, contractFile);
  throw new MsaError('MSA_CONTRACT_UNREADABLE', `there is no file ${contractFile}`);
}

async function transportNotes(files: FileStore, folder: string): Promise<readonly string[]> {
  const transport = await files.kindOf(joinPath(folder, 'src/call.ts'));
  return transport === 'file'
    ? []
    : ['the client imports src/call.ts, which services made from the rest template have'];
}
