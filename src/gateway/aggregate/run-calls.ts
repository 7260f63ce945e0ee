import { setMaxListeners } from 'node:events';

import type { AggregateCall, AggregatePolicy } from '../../protocol/policies/aggregate.ts';
import { needsOf } from '../../protocol/policies/aggregate.ts';
import { layCalls } from '../../protocol/call-layers.ts';
import { valueAt } from '../json/json-paths.ts';
import type { ClientValues } from './client-values.ts';
import { fieldValues } from './client-values.ts';
import { describeSource, fillPath, fillQueryValue } from './fill-template.ts';
import type { Filled, Values } from './fill-template.ts';
import type { Part, PartFailure } from './merge-parts.ts';

/** A call as it is made of a service. */
export interface CallRequest {
  readonly call: AggregateCall;
  /** Path and query. */
  readonly target: string;
  /** Name and value in turn. */
  readonly fields: readonly string[];
}

export interface RunParts {
  readonly client: ClientValues;
  /** The client's fields, name and value in turn. */
  readonly fields: readonly string[];
  /** Nobody waits for the result any more. */
  readonly gone?: AbortSignal;
  /** Never fails: what goes wrong is the part. Ends early when the signal says so. */
  readonly ask: (request: CallRequest, signal: AbortSignal) => Promise<Part>;
}

/** Calls in an order in which each comes after those it needs; throws when there is none. */
export function orderCalls(calls: readonly AggregateCall[]): readonly AggregateCall[] {
  const byName = new Map(calls.map((call) => [call.name, call]));
  const { layers, stuck } = layCalls(calls.map((call) => ({ name: call.name, needs: needsOf(call) })));
  if (stuck.length > 0 || byName.size !== calls.length) throw new TypeError(`cannot be put in order: ${stuck.join()}`);
  return layers.flat().flatMap((name) => byName.get(name) ?? []);
}

/**
 * Makes all calls, each as soon as those it needs are over. Gives what has come when all are over, when the time is, or
 * when one has failed without which there is no answer.
 */
export async function runCalls(policy: AggregatePolicy, parts: RunParts): Promise<ReadonlyMap<string, Part>> {
  const run = new AggregateRun(parts);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, policy.timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    parts.gone?.addEventListener('abort', settle, { once: true });
    void Promise.all(run.start(orderCalls(policy.calls), settle)).then(settle);
  });
  return run.end(policy);
}

class AggregateRun {
  private readonly over = new Map<string, Part>();
  private readonly asking: RunParts;
  private readonly ending = new AbortController();

  constructor(asking: RunParts) {
    this.asking = asking;
    // One for each call, which may be many.
    setMaxListeners(0, this.ending.signal);
  }

  start(calls: readonly AggregateCall[], onFatal: () => void): Promise<void>[] {
    const running = new Map<string, Promise<void>>();
    for (const call of calls) {
      const needs = needsOf(call);
      const make = async (): Promise<void> => {
        await Promise.all(needs.flatMap((name) => running.get(name) ?? []));
        const part = await this.make(call, needs);
        this.over.set(call.name, part);
        if (part.kind === 'failure' && !call.optional) onFatal();
      };
      running.set(call.name, make());
    }
    return [...running.values()];
  }

  /** What has come; what comes later is nobody's any more. */
  end(policy: AggregatePolicy): ReadonlyMap<string, Part> {
    const late = lateness(policy);
    const parts = new Map(policy.calls.map(({ name }) => [name, this.over.get(name) ?? late]));
    this.ending.abort();
    return parts;
  }

  private async make(call: AggregateCall, needs: readonly string[]): Promise<Part> {
    const answers = new Map<string, unknown>();
    for (const name of needs) {
      const part = this.over.get(name);
      if (part?.kind !== 'answer') return failure(`needs ${name}, which failed`);
      answers.set(name, part.body);
    }
    const values = { client: this.asking.client, answers };
    return call.forEach ? this.makeEach(call, call.forEach, values) : this.makeOne(call, values);
  }

  private async makeOne(call: AggregateCall, values: Values): Promise<Part> {
    if (this.ending.signal.aborted) return failure('was not asked');
    const target = fillTarget(call, values);
    if (!target.ok) return { kind: 'failure', reason: `cannot be asked: ${target.reason}`, blame: target.blame };
    const fields = call.headers.flatMap((name) =>
      fieldValues(this.asking.fields, name).flatMap((value) => [name, value]),
    );
    return this.asking.ask({ call, target: target.text, fields }, this.ending.signal);
  }

  /** One after the other in each of a few lanes. */
  private async makeEach(
    call: AggregateCall,
    { list, limit, parallel }: NonNullable<AggregateCall['forEach']>,
    values: Values,
  ) {
    const items = valueAt(values.answers.get(list.call), list.steps);
    const name = describeSource(list);
    if (!Array.isArray(items)) return failure(`needs ${name}, which is no list`);
    if (items.length > limit) return failure(`needs ${name}, which has ${items.length} items; ${limit} are allowed`);
    const results: Part[] = [];
    const queue = items.entries();
    const lane = async (): Promise<void> => {
      for (const [index, item] of queue) results[index] = await this.makeOne(call, { ...values, item });
    };
    await Promise.all(Array.from({ length: parallel }, lane));
    return gather(results);
  }
}

/** The list of the answers, in the order of the items; one that is missing makes the whole missing. */
function gather(results: readonly Part[]): Part {
  const bodies: unknown[] = [];
  for (const [index, part] of results.entries()) {
    if (part.kind === 'failure') return { ...part, reason: `${part.reason} (item ${index})` };
    bodies.push(part.body);
  }
  return { kind: 'answer', body: bodies };
}

function fillTarget({ path, query }: AggregateCall, values: Values): Filled {
  const filled = fillPath(path, values);
  if (!filled.ok) return filled;
  const pairs: string[] = [];
  for (const [name, template] of query) {
    const value = fillQueryValue(template, values);
    if (value.ok) pairs.push(`${encodeURIComponent(name)}=${value.text}`);
    // A parameter that the client left out is left out.
    else if (value.blame === 'service' || !value.missing) return value;
  }
  return { ok: true, text: pairs.length === 0 ? filled.text : `${filled.text}?${pairs.join('&')}` };
}

/** What becomes of a call for which there was no time. */
export function lateness({ timeoutMs }: AggregatePolicy): PartFailure {
  return { kind: 'failure', reason: `gave no answer within ${timeoutMs} ms`, blame: 'time' };
}

function failure(reason: string): PartFailure {
  return { kind: 'failure', reason, blame: 'service' };
}
