import type { ContractState } from '../../delivery/affected/conclude-affected.ts';
import type { Touched } from '../../delivery/affected/find-touched.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { Outline } from '../../model/outline.ts';
import { contractPath } from './find-stacks.ts';
import type { Version } from './workspace-at.ts';

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
  const path = contractOf(question.now, name);
  const contract = path === undefined ? undefined : await question.end.read(path);
  if (path === undefined || contract === undefined) return 'missing';
  const formerPath = contractOf(question.former, name);
  if (path === formerPath && !question.changed.has(path)) return 'same';
  const former = formerPath === undefined ? undefined : await question.start.read(formerPath);
  return former !== undefined && meansTheSame(former, contract) ? 'same' : 'changed';
}

function contractOf({ services }: Outline, name: string): string | undefined {
  const source = services.find((service) => service.name === name)?.source;
  return source?.kind === 'folder' ? contractPath(source.path) : undefined;
}

/** Order and spelling make no difference; what is no JSON means nothing, so any change of it may be one. */
function meansTheSame(one: string, other: string): boolean {
  try {
    return one === other || canonicalJson(JSON.parse(one)) === canonicalJson(JSON.parse(other));
  } catch {
    return false;
  }
}
