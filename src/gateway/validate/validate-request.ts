import type { ValidatePolicy } from '../../protocol/policies/validate.ts';
import type { TargetFacts } from '../pipeline/feature.ts';
import type { Outcome } from '../pipeline/outcome.ts';
import { wholeBody } from '../pipeline/whole-body.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { checkBody, findOperation, planBody } from './check-message.ts';
import type { BodyPlan, FoundOperation, Unknown } from './check-message.ts';
import { checkParameters } from './check-parameters.ts';
import type { MessageError } from './compile-schemas.ts';
import type { UsableContract } from './compile-contract.ts';
import type { ContractSource } from './contract-source.ts';

type Target = Pick<TargetFacts, 'service' | 'stats'>;

/** Compares requests with the contract before they go on. */
export class RequestValidation {
  private readonly policy: ValidatePolicy;
  private readonly target: Target;
  private readonly source: ContractSource;

  constructor(policy: ValidatePolicy, target: Target, source: ContractSource) {
    this.policy = policy;
    this.target = target;
    this.source = source;
  }

  check(incoming: Incoming): Outcome | Promise<Outcome> {
    const usable = this.source.known(incoming.service ?? this.target.service);
    return usable ? this.checkWith(usable, incoming) : this.checkSoon(incoming);
  }

  /** Only sees to it that there is a contract, for the answer. */
  await(incoming: Incoming): Outcome | Promise<Outcome> {
    const service = incoming.service ?? this.target.service;
    if (this.source.known(service)) return undefined;
    return this.source.soon(service).then((usable) => (usable ? undefined : this.withoutContract()));
  }

  private async checkSoon(incoming: Incoming): Promise<Outcome> {
    const usable = await this.source.soon(incoming.service ?? this.target.service);
    return usable ? this.checkWith(usable, incoming) : this.withoutContract();
  }

  private withoutContract(): Outcome {
    this.target.stats.incidents.unchecked += 1;
    if (this.policy.without === 'pass') return undefined;
    return refuse('unavailable', 'The contract of the service is not known, and nothing passes without it.');
  }

  private checkWith({ contract, checker }: UsableContract, incoming: Incoming): Outcome | Promise<Outcome> {
    const { method, onwardPath, onwardQuery, head } = incoming;
    const found = findOperation(contract, method, onwardPath);
    if ('unknown' in found) return this.passUnknown(found, incoming);
    const source = { path: found.path, query: onwardQuery, fields: head.fields };
    const errors = checkParameters(found.operation.parameters, source, checker);
    const plan = planBody(found.operation, { fields: head.fields, hasBody: hasBody(incoming) });
    if (plan.kind === 'check') return this.checkBody(plan.schema, { errors, incoming, checker });
    return this.conclude(plan, errors, found);
  }

  private async checkBody(
    schema: string,
    { errors, incoming, checker }: Pick<UsableContract, 'checker'> & { errors: MessageError[]; incoming: Incoming },
  ): Promise<Outcome> {
    const body = await wholeBody(incoming, this.policy.maxBytes);
    if ('kind' in body) return body;
    return this.refuseFor([...errors, ...checkBody(body, schema, checker)]);
  }

  private conclude(plan: BodyPlan, errors: readonly MessageError[], { operation }: FoundOperation): Outcome {
    if (plan.kind === 'wrong') return this.refuseFor([...errors, plan.error]);
    if (errors.length > 0) return this.refuseFor(errors);
    if (plan.kind !== 'unknown') return undefined;
    if (this.policy.unknown === 'pass') return this.countUnchecked();
    const types = (operation.body?.contents ?? []).map(({ type }) => type).join(', ');
    return refuse('unsupported-type', `The contract names ${types} here, without a coding.`);
  }

  private passUnknown(found: Unknown, { method, onwardPath }: Incoming): Outcome {
    // Browsers ask so before they send what is meant.
    if (this.policy.unknown === 'pass' || method === 'OPTIONS') return this.countUnchecked();
    if (found.unknown !== 'method') return refuse('not-found', `The contract of the service has no ${onwardPath}.`);
    const fields = ['allow', found.allowed.join(', ')];
    return refuse('method-not-allowed', `The contract of the service has no ${method} here.`, fields);
  }

  private countUnchecked(): undefined {
    this.target.stats.incidents.unchecked += 1;
  }

  private refuseFor(errors: readonly MessageError[]): Refusal | undefined {
    if (errors.length === 0) return undefined;
    this.target.stats.incidents.invalid_request += 1;
    return refuseInvalid('invalid-message', errors);
  }
}

const maxErrors = 20;

/** A refusal with what is wrong. */
export function refuseInvalid(kind: 'invalid-message' | 'invalid-answer', errors: readonly MessageError[]): Refusal {
  const [first] = errors;
  const place = first ? `${first.in} ${first.pointer}`.trim() : '';
  const detail = `${place} ${first?.detail ?? ''}${errors.length > 1 ? `, and ${errors.length - 1} more` : ''}.`;
  return { ...refuse(kind, detail), members: { errors: errors.slice(0, maxErrors) } };
}

function hasBody({ body, head }: Incoming): boolean {
  if (body) return body.kind !== 'none' && (body.kind === 'coming' || body.bytes.length > 0);
  return head.transferEncoding !== undefined || Number(head.contentLength ?? 0) > 0;
}
