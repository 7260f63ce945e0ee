import type { FilterUse } from '../../protocol/policies/filters.ts';
import { removeField, setField } from '../http/fields.ts';
import type { FeatureContext, TargetFacts } from '../pipeline/feature.ts';
import { AnswerRefused } from '../pipeline/outcome.ts';
import type { Outcome, WholeAnswer } from '../pipeline/outcome.ts';
import type { BodyHandler, ReplyHead } from '../pipeline/reply-stage.ts';
import { refuse } from '../problems.ts';
import type { ProblemDocument } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { changeHead, changeRequest, wholeAnswer, withBody } from './apply-result.ts';
import { contextFacts, requestFacts, responseFacts } from './facts.ts';
import type { CallMessage, CallResult, ContextFacts, Stage } from './messages.ts';
import { readProblem } from './read-problem.ts';
import type { RunningFilter } from './running-filter.ts';

export interface ChainLink {
  readonly use: FilterUse;
  readonly filter: RunningFilter;
}

type Notes = ContextFacts['notes'];
const noNotes: Notes = {};
const noBytes = new Uint8Array();

/** The filters of one route: requests pass them in their order, answers and refusals the other way round. */
export class FilterChain {
  private readonly links: readonly ChainLink[];
  private readonly backwards: readonly ChainLink[];
  private readonly target: TargetFacts;
  private readonly service: FeatureContext['service'];
  private readonly notes = new WeakMap<Incoming, Map<string, Notes>>();

  constructor(links: readonly ChainLink[], target: TargetFacts, service: FeatureContext['service']) {
    this.links = links;
    this.backwards = links.toReversed();
    this.target = target;
    this.service = service;
  }

  receive(incoming: Incoming): Outcome | Promise<Outcome> {
    if (this.links.some(({ filter }) => filter.has('pre'))) return this.runPre(incoming);
    this.askForReadable(incoming);
    return undefined;
  }

  begin(head: ReplyHead, incoming: Incoming): BodyHandler | undefined {
    const links = this.backwards.filter(({ filter }) => filter.has('post'));
    if (links.length === 0) return undefined;
    const readers = links.filter(({ filter }) => filter.maxBodyBytes > 0);
    if (readers.length === 0 || head.bodiless) {
      // What there would be is another body.
      if (readers.length > 0) removeField(head.fields, 'content-length');
      return { kind: 'delay', ready: this.passHead(links, head, incoming) };
    }
    return {
      kind: 'whole',
      maxBytes: Math.max(...readers.map(({ filter }) => filter.maxBodyBytes)),
      whenLarger: readers.every(({ use }) => use.onFailure === 'pass') ? 'pass' : 'refuse',
      change: (answer) => this.passWhole(links, answer, incoming),
    };
  }

  async shape(problem: ProblemDocument, incoming: Incoming): Promise<ProblemDocument> {
    let shaped = problem;
    for (const link of this.backwards) {
      if (!link.filter.isReady || !link.filter.has('error')) continue;
      try {
        const result = await this.call(link, 'error', { incoming, subject: { problem: shaped } });
        shaped = result.problem === undefined ? shaped : readProblem(result.problem);
      } catch {
        // It has been written into the log; a refusal stays one.
      }
    }
    return shaped;
  }

  private async runPre(incoming: Incoming): Promise<Outcome> {
    for (const link of this.links) {
      await link.filter.known;
      if (!link.filter.has('pre')) continue;
      const result = await this.tryCall(link, 'pre', { incoming, subject: requestFacts(incoming, link.use.services) });
      if (result === undefined) continue;
      if (result instanceof AnswerRefused) return result.refusal;
      const { refusal, answer, service } = result;
      if (refusal !== undefined) return { ...refuse('filter-refused', refusal.detail), status: refusal.status };
      if (answer !== undefined) return wholeAnswer(answer);
      changeRequest(incoming, result);
      if (service !== undefined && link.use.services.includes(service)) incoming.service = this.service(service);
    }
    this.askForReadable(incoming);
    return undefined;
  }

  /** A filter that is to read bodies can read no codings. */
  private askForReadable({ head }: Incoming): void {
    if (this.links.some(({ filter }) => filter.maxBodyBytes > 0)) setField(head.fields, 'accept-encoding', 'identity');
  }

  private async passHead(links: readonly ChainLink[], head: ReplyHead, incoming: Incoming): Promise<void> {
    for (const link of links) {
      const body = link.filter.maxBodyBytes > 0 ? noBytes : undefined;
      const result = await this.tryCall(link, 'post', { incoming, subject: responseFacts(head, body) });
      if (result === undefined) continue;
      if (result instanceof AnswerRefused) throw result;
      const problem = changeHead(head, result);
      if (problem !== undefined) this.fail(link, problem);
    }
  }

  private async passWhole(links: readonly ChainLink[], given: WholeAnswer, incoming: Incoming): Promise<WholeAnswer> {
    let answer = given;
    for (const link of links) answer = (await this.changeWhole(link, answer, incoming)) ?? answer;
    return answer;
  }

  /** Undefined when the filter failed and answers pass all the same. */
  private async changeWhole(
    link: ChainLink,
    { status, fields, body }: WholeAnswer,
    incoming: Incoming,
  ): Promise<WholeAnswer | undefined> {
    const { maxBodyBytes } = link.filter;
    const readsBody = maxBodyBytes > 0;
    if (readsBody && body.length > maxBodyBytes)
      return this.fail(link, `the answer has more than ${maxBodyBytes} bytes`);
    const head = { status, fields: [...fields] };
    const subject = responseFacts(head, readsBody ? new Uint8Array(body) : undefined);
    const result = await this.tryCall(link, 'post', { incoming, subject });
    if (result === undefined) return undefined;
    if (result instanceof AnswerRefused) throw result;
    const problem = changeHead(head, result);
    if (problem !== undefined) return this.fail(link, problem);
    return result.body === undefined ? { ...head, body } : withBody({ ...head, body }, result.body);
  }

  /** Undefined when the filter failed and requests pass all the same; what is answered when they do not. */
  private async tryCall(
    link: ChainLink,
    stage: Stage,
    what: CallSubject,
  ): Promise<CallResult | AnswerRefused | undefined> {
    try {
      return await this.call(link, stage, what);
    } catch {
      return link.use.onFailure === 'pass' ? undefined : failureOf(link);
    }
  }

  private async call(
    { filter, use }: ChainLink,
    stage: Stage,
    { incoming, subject }: CallSubject,
  ): Promise<CallResult> {
    const known = this.notes.get(incoming);
    const context = contextFacts(incoming, this.target, known?.get(filter.name) ?? noNotes);
    const result = await filter.call({ stage, context, subject }, use.timeoutMs);
    if (result.notes === undefined) return result;
    const notes = known ?? new Map<string, Notes>();
    this.notes.set(incoming, notes.set(filter.name, result.notes));
    return result;
  }

  private fail(link: ChainLink, problem: string): undefined {
    link.filter.say(problem);
    if (link.use.onFailure === 'refuse') throw failureOf(link);
    return undefined;
  }
}

interface CallSubject {
  readonly incoming: Incoming;
  readonly subject: CallMessage['subject'];
}

function failureOf({ filter }: ChainLink): AnswerRefused {
  return new AnswerRefused(refuse('filter-failed', `The filter ${filter.name} of this route failed.`));
}
