import type { AggregatePolicy } from '../../protocol/policies/aggregate.ts';
import { headers } from '../../protocol/headers.ts';
import type { Feature, FeatureContext, TargetFacts } from '../pipeline/feature.ts';
import { isRefusal } from '../pipeline/outcome.ts';
import type { Outcome } from '../pipeline/outcome.ts';
import { problemAnswer } from '../pipeline/problem-answer.ts';
import { refuse } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { checkAggregate } from './check-aggregate.ts';
import { readClientValues } from './client-values.ts';
import { conclude } from './conclude.ts';
import type { Part, PartFailure } from './merge-parts.ts';
import { readAnswer } from './read-answer.ts';
import { lateness, runCalls } from './run-calls.ts';
import type { CallRequest } from './run-calls.ts';

type AggregateContext = Pick<FeatureContext, 'call' | 'service' | 'log'>;

const allowed = 'GET, HEAD';
const retryAttempts = 1;
const maxPartBytes = 1024 * 1024;
/** More lines than this would say nothing new. */
const tellEveryMs = 1000;

/** Answers requests with one document made of the answers of several services. */
export function createAggregation(context: AggregateContext): Feature {
  return {
    name: 'aggregate',
    compile: (target) => {
      const { aggregate } = target.policy;
      if (!aggregate) return undefined;
      checkAggregate(aggregate);
      const aggregation = new Aggregation(aggregate, target, context);
      return { step: (incoming) => aggregation.answer(incoming) };
    },
  };
}

/** What all calls for one request have in common. */
interface Common {
  readonly fields: readonly string[];
  /** By performance.now. */
  readonly endsAt: number;
}

class Aggregation {
  private readonly policy: AggregatePolicy;
  private readonly target: Pick<TargetFacts, 'name' | 'stats'>;
  private readonly context: AggregateContext;
  private nextTellAt = 0;

  constructor(policy: AggregatePolicy, target: Pick<TargetFacts, 'name' | 'stats'>, context: AggregateContext) {
    this.policy = policy;
    this.target = target;
    this.context = context;
  }

  answer(incoming: Incoming): Outcome | Promise<Outcome> {
    if (incoming.method === 'GET' || incoming.method === 'HEAD') return this.ask(incoming);
    return refuse('method-not-allowed', `${incoming.path} can only be read.`, ['allow', allowed]);
  }

  private async ask(incoming: Incoming): Promise<Outcome> {
    const { policy } = this;
    const { path, query, head } = incoming;
    const leaving = new AbortController();
    incoming.onFinish(() => leaving.abort());
    const common = { fields: commonFields(incoming), endsAt: performance.now() + policy.timeoutMs };
    const parts = await runCalls(policy, {
      client: readClientValues({ path, query, fields: head.fields }, policy.base),
      fields: head.fields,
      gone: leaving.signal,
      ask: (request, signal) => this.askService(request, common, signal),
    });
    return this.conclude(parts, incoming);
  }

  private conclude(parts: ReadonlyMap<string, Part>, incoming: Incoming): Outcome {
    const conclusion = conclude(this.policy, parts);
    if (conclusion.kind === 'refusal') return problemAnswer(incoming, conclusion.refusal, conclusion.status);
    const { answer, missing, collisions } = conclusion;
    const { incidents } = this.target.stats;
    if (missing > 0) incidents.partial += 1;
    if (collisions.length > 0) {
      incidents.collision += 1;
      this.tell(collisions);
    }
    return answer;
  }

  private async askService(request: CallRequest, common: Common, signal: AbortSignal): Promise<Part> {
    const { call, target, fields } = request;
    const service = this.context.service(call.service);
    if (!service) return failure(`cannot be asked: there is no service ${call.service}`);
    const answer = await this.context.call({
      service,
      method: call.method,
      path: target,
      fields: [...fields, ...common.fields],
      // What is left: the service is told, and what it calls in turn.
      timeoutMs: Math.max(1, common.endsAt - performance.now()),
      retryAttempts,
      maxBytes: maxPartBytes,
      signal,
    });
    if (!isRefusal(answer)) return readAnswer(answer);
    if (answer.kind === 'gateway-timeout') return lateness(this.policy);
    // What exactly is wrong with instances is for the log, not for clients.
    const isAbsent = answer.kind === 'unavailable';
    return failure(isAbsent ? 'could not be asked: no instance took the request' : 'broke off, or answered too much');
  }

  private tell(collisions: readonly string[]): void {
    const now = performance.now();
    if (now < this.nextTellAt) return;
    this.nextTellAt = now + tellEveryMs;
    const members = collisions.slice(0, 10).map((name) => name.slice(0, 100));
    this.context.log.say('warn', 'parts of an answer collide', { target: this.target.name, members });
  }
}

function failure(reason: string): PartFailure {
  return { kind: 'failure', reason, blame: 'service' };
}

const ownPrefix = 'x-msa-';

/** What every call gets beside the fields of its own: how the client reached us, who it is, and that JSON is wanted. */
function commonFields(incoming: Incoming): readonly string[] {
  const { head, client, authority, via, requestId, trace } = incoming;
  const common = [...client.forwardingFor(authority), 'accept', 'application/json', 'accept-encoding', 'identity'];
  common.push('via', head.via === '' ? via : `${head.via}, ${via}`);
  common.push(headers.requestId, requestId, 'traceparent', trace.traceparent);
  if (trace.continued && head.tracestate !== '') common.push('tracestate', head.tracestate);
  // These are never a client's own.
  for (let index = 0; index < head.fields.length; index += 2) {
    const name = head.fields[index] ?? '';
    if (name.startsWith(ownPrefix)) common.push(name, head.fields[index + 1] ?? '');
  }
  return common;
}
