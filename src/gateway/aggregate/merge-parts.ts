import type { AggregateCall } from '../../protocol/policies/aggregate.ts';
import { isRecord } from '../json/json-paths.ts';
import { shapeAnswer } from './shape-answer.ts';

/** What came of a call. */
export type Part = { readonly kind: 'answer'; readonly body: unknown } | PartFailure;

export interface PartFailure {
  readonly kind: 'failure';
  /** The rest of a sentence that begins with the part. */
  readonly reason: string;
  /** Of the service's answer, if it gave one. */
  readonly status?: number;
  /** `client`: what it sent is not enough for the call; `time`: there was no time left. */
  readonly blame: 'client' | 'service' | 'time';
}

interface PartProblem {
  readonly part: string;
  readonly reason: string;
  readonly status?: number;
}

export interface Merged {
  readonly document: Record<string, unknown>;
  /** The parts that are missing, in the order in which they are declared. */
  readonly problems: readonly PartProblem[];
  /** Members that two parts would have given: the first has. As `part.member`. */
  readonly collisions: readonly string[];
}

/** The member of a result that tells what is missing in it. */
export const problemsMember = '_problems';

/** Makes one document of all parts; what it says depends on their declared order, never on which came first. */
export function mergeParts(calls: readonly AggregateCall[], parts: ReadonlyMap<string, Part>): Merged {
  const members = new Map<string, unknown>();
  const problems: PartProblem[] = [];
  const collisions: string[] = [];
  const put = (part: string, name: string, value: unknown): void => {
    if (members.has(name) || name === problemsMember) collisions.push(`${part}.${name}`);
    else members.set(name, value);
  };
  for (const call of calls) {
    const part = parts.get(call.name) ?? { kind: 'failure', reason: 'was not asked', blame: 'service' };
    if (part.kind === 'failure') {
      problems.push(problemOf(call.name, part));
      continue;
    }
    const given = membersOf(call, part.body);
    if (!given) problems.push({ part: call.name, reason: 'answered no object that could be merged' });
    for (const [name, value] of given ?? []) put(call.name, name, value);
  }
  if (problems.length > 0) members.set(problemsMember, problems);
  // Unlike an assignment, this makes a plain member even of `__proto__`.
  return { document: Object.fromEntries(members), problems, collisions };
}

/** What a part brings into the result; undefined when it cannot be brought there. */
function membersOf(call: AggregateCall, body: unknown): [name: string, value: unknown][] | undefined {
  if (call.place.kind === 'none') return [];
  const shaped = shapeAnswer(body, call);
  if (call.place.kind === 'group') return [[call.place.key, shaped]];
  return isRecord(shaped) ? Object.entries(shaped) : undefined;
}

function problemOf(part: string, { reason, status }: PartFailure): PartProblem {
  return { part, reason, ...(status === undefined ? {} : { status }) };
}
