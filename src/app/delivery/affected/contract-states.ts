import type { ContractState } from '../../../delivery/affected/conclude-affected.ts';
import type { Touched } from '../../../delivery/affected/find-touched.ts';
import { contractFiles } from '../../../delivery/contract/contract-files.ts';
import { canonicalJson } from '../../../model/canonical-json.ts';
import type { Outline } from '../../../model/outline.ts';
import { joinRelative } from '../../paths.ts';
import type { Version } from '../range/workspace-at.ts';

interface Question {
  readonly now: Outline;
  readonly former: Outline;
  readonly touched: Touched;
  /** Relative to the workspace. */
  readonly changed: ReadonlySet<string>;
  readonly start: Version;
  readonly end: Version;
}

/** What became of the contracts of services that may do something else now; of those that nobody calls, nothing is asked. */
export async function contractStates(question: Question): Promise<ReadonlyMap<string, ContractState>> {
  const { now, touched } = question;
  const called = new Set(now.services.flatMap(({ calls }) => calls));
  const asked = now.services.filter(({ name }) => touched.programs.has(name) && called.has(name));
  return new Map(
    await Promise.all(asked.map(async ({ name }) => [name, await contractState(question, name)] as const)),
  );
}

async function contractState(question: Question, name: string): Promise<ContractState> {
  const folder = folderOf(question.now, name);
  const contract = await readContract(question.end, folder);
  if (folder === undefined || contract === undefined) return 'missing';
  const formerFolder = folderOf(question.former, name);
  const isTouched = contractFiles.some((file) => question.changed.has(joinRelative(folder, file)));
  if (folder === formerFolder && !isTouched) return 'same';
  const former = await readContract(question.start, formerFolder);
  return former !== undefined && meansTheSame(former, contract) ? 'same' : 'changed';
}

async function readContract(version: Version, folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  for (const file of contractFiles) {
    const text = await version.read(joinRelative(folder, file));
    if (text !== undefined) return text;
  }
  return undefined;
}

function folderOf({ services }: Outline, name: string): string | undefined {
  const source = services.find((service) => service.name === name)?.source;
  return source?.kind === 'folder' ? source.path : undefined;
}

/** Order and spelling make no difference; what is no JSON means nothing, so any change of it may be one. */
function meansTheSame(one: string, other: string): boolean {
  try {
    return one === other || canonicalJson(JSON.parse(one)) === canonicalJson(JSON.parse(other));
  } catch {
    return false;
  }
}
