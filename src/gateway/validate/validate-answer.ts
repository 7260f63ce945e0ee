import type { ValidatePolicy } from '../../protocol/policies/validate.ts';
import type { Log } from '../observe/log.ts';
import type { TargetFacts } from '../pipeline/feature.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import { problemAnswer } from '../pipeline/problem-answer.ts';
import type { BodyHandler, ReplyHead } from '../pipeline/reply-stage.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { checkBody, findOperation, planAnswer } from './check-message.ts';
import type { MessageError } from './compile-schemas.ts';
import type { UsableContract } from './compile-contract.ts';
import type { ContractSource } from './contract-source.ts';
import { refuseInvalid } from './validate-request.ts';

type Target = Pick<TargetFacts, 'name' | 'service' | 'stats'>;

interface Check {
  readonly schema: string;
  readonly checker: UsableContract['checker'];
  readonly incoming: Incoming;
}

/** More lines than this would say nothing new. */
const tellEveryMs = 1000;

/** Compares answers with the contract before they go to the client, or while they do. */
export class AnswerValidation {
  private readonly policy: ValidatePolicy;
  private readonly target: Target;
  private readonly source: ContractSource;
  private readonly log: Log;
  private nextTellAt = 0;

  constructor(policy: ValidatePolicy, target: Target, { source, log }: { source: ContractSource; log: Log }) {
    this.policy = policy;
    this.target = target;
    this.source = source;
    this.log = log;
  }

  begin({ status, fields, bodiless }: ReplyHead, incoming: Incoming): BodyHandler | undefined {
    const usable = this.source.known(incoming.service ?? this.target.service);
    if (bodiless || !usable) return undefined;
    const found = findOperation(usable.contract, incoming.method, incoming.onwardPath);
    const plan = 'unknown' in found ? found : planAnswer(found.operation, status, fields);
    if ('unknown' in plan || plan.kind === 'unknown') this.target.stats.incidents.unchecked += 1;
    if ('unknown' in plan || plan.kind !== 'check') return undefined;
    const check = { schema: plan.schema, checker: usable.checker, incoming };
    return this.policy.response === 'refuse' ? this.refuseInvalid(check) : this.lookOn(check);
  }

  private refuseInvalid(check: Check): BodyHandler {
    const change = (answer: WholeAnswer): WholeAnswer => {
      const errors = checkBody(answer.body, check.schema, check.checker);
      if (errors.length === 0) return answer;
      this.tell(errors, check);
      return problemAnswer(check.incoming, refuseInvalid('invalid-answer', errors));
    };
    return { kind: 'whole', maxBytes: this.policy.maxBytes, whenLarger: 'pass', change };
  }

  private lookOn(check: Check): BodyHandler {
    const chunks: Buffer[] = [];
    let size = 0;
    return {
      kind: 'tap',
      data: (chunk) => {
        size += chunk.length;
        if (size <= this.policy.maxBytes) chunks.push(chunk);
        else chunks.length = 0;
      },
      end: (complete) => {
        if (!complete) return;
        if (size > this.policy.maxBytes) this.target.stats.incidents.unchecked += 1;
        else this.checkAfter(Buffer.concat(chunks), check);
      },
    };
  }

  /** After the answer has gone: what fails here must not break it off. */
  private checkAfter(body: Buffer, check: Check): void {
    setImmediate(() => {
      try {
        const errors = checkBody(body, check.schema, check.checker);
        if (errors.length > 0) this.tell(errors, check);
      } catch (error) {
        this.log.say('error', 'answer could not be checked', { target: this.target.name, error: String(error) });
      }
    });
  }

  private tell(errors: readonly MessageError[], { incoming }: Check): void {
    this.target.stats.incidents.invalid_answer += 1;
    const now = performance.now();
    if (now < this.nextTellAt) return;
    this.nextTellAt = now + tellEveryMs;
    const { method, onwardPath, requestId } = incoming;
    const request = { target: this.target.name, method, path: onwardPath, requestId };
    this.log.say('warn', 'answer breaks the contract', { ...request, errors: errors.slice(0, 3) });
  }
}
