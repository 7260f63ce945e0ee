import type { AggregatePolicy } from '../../protocol/policies/aggregate.ts';
import { headers } from '../../protocol/headers.ts';
import { renderExactly } from '../json/exact-json.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import { mergeParts } from './merge-parts.ts';
import type { Part } from './merge-parts.ts';

/** What is answered when all calls are over. */
export type Conclusion =
  | {
      readonly kind: 'answer';
      readonly answer: WholeAnswer;
      readonly missing: number;
      readonly collisions: readonly string[];
    }
  /** `status` where it is the service's. */
  | { readonly kind: 'refusal'; readonly refusal: Refusal; readonly status: number | undefined };

/** Statuses by which a service tells the client something of its request: they are the client's to know. */
const forClient: ReadonlySet<number> = new Set([401, 403, 404, 409, 410, 422, 429]);

/** Makes the answer of the parts, or says why there is none. */
export function conclude({ calls, timeoutMs }: AggregatePolicy, parts: ReadonlyMap<string, Part>): Conclusion {
  const { document, problems, collisions } = mergeParts(calls, parts);
  const required = new Set(calls.filter(({ optional }) => !optional).map(({ name }) => name));
  const fatal = problems.filter(({ part }) => required.has(part));
  // Those that were cut off because another one failed say nothing.
  const cause = fatal.find(({ part }) => !isLate(parts.get(part))) ?? fatal[0];
  if (cause) return refusePart(cause.part, parts.get(cause.part), { reason: cause.reason, timeoutMs });
  const missing = problems.map(({ part }) => part);
  const fields = ['content-type', 'application/json', 'cache-control', missing.length === 0 ? 'no-cache' : 'no-store'];
  if (missing.length > 0) fields.push(headers.partial, missing.join(', '));
  const answer = { status: 200, fields, body: Buffer.from(renderExactly(document)) };
  return { kind: 'answer', answer, missing: missing.length, collisions };
}

function isLate(part: Part | undefined): boolean {
  return part?.kind === 'failure' && part.blame === 'time';
}

function refusePart(name: string, part: Part | undefined, told: { reason: string; timeoutMs: number }): Conclusion {
  const members = { part: name };
  if (part?.kind === 'failure' && part.blame === 'client')
    return {
      kind: 'refusal',
      refusal: { ...refuse('invalid-request', `${name} ${part.reason}.`), members },
      status: 400,
    };
  if (isLate(part)) {
    const refusal = refuse('gateway-timeout', `${name} gave no answer within ${told.timeoutMs} ms.`);
    return { kind: 'refusal', refusal: { ...refusal, members }, status: undefined };
  }
  const given = part?.kind === 'failure' ? part.status : undefined;
  const status = given !== undefined && forClient.has(given) ? given : undefined;
  return { kind: 'refusal', refusal: { ...refuse('part-failed', `${name} ${told.reason}.`), members }, status };
}
