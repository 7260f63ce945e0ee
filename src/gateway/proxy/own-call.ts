import { addTimeoutFields } from '../http/forwarding.ts';
import { continueTrace } from '../http/trace.ts';
import { readResponseHead } from '../http/response-fields.ts';
import { TargetStats } from '../observe/target-stats.ts';
import type { OwnRequest } from '../pipeline/feature.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import { noResilience } from '../resilience/compile-resilience.ts';
import { fieldOf, removeField } from '../http/fields.ts';
import { Call } from './call.ts';
import type { CallListener, CallParts } from './call-types.ts';
import type { CallAnswer } from './describe-reply.ts';

/** What the gateway asks by itself is counted with no route. */
const uncounted = new TargetStats();

/** Asks a service something for the gateway itself, and gives the whole answer; it never rejects. */
export function callService(own: OwnRequest, parts: CallParts): Promise<WholeAnswer | Refusal> {
  return new Promise((resolve) => {
    if (own.signal?.aborted) return resolve(refuse('unavailable', 'The request was given up.'));
    const collector = new Collector(own.maxBytes, resolve);
    const { service, method, path, body, timeoutMs, retryAttempts } = own;
    const request = {
      service,
      method,
      path,
      fields: fieldsOf(own),
      idempotencyKey: undefined,
      deadlineAt: undefined,
      key: undefined,
      body: body === undefined ? ({ kind: 'none' } as const) : ({ kind: 'whole', bytes: body } as const),
    };
    const call = new Call(
      request,
      { timeoutMs, retryAttempts, stats: uncounted, resilience: noResilience },
      { ...parts, listener: collector },
    );
    collector.cancel = () => call.cancel();
    own.signal?.addEventListener('abort', () => collector.giveUp('The request was given up.'), { once: true });
    call.start();
  });
}

function fieldsOf({ fields, body, service }: OwnRequest): string[] {
  const all = [...fields];
  if (fieldOf(fields, 'host') === undefined) all.push('host', service.name);
  if (body !== undefined) all.push('content-length', String(body.length));
  if (fieldOf(fields, 'traceparent') === undefined) all.push('traceparent', continueTrace(undefined).traceparent);
  addTimeoutFields(all, false);
  return all;
}

/** Gathers an answer up to a limit. */
class Collector implements CallListener {
  readonly isCommitted = false;
  cancel: () => void = () => undefined;
  private readonly maxBytes: number;
  private readonly resolve: (answer: WholeAnswer | Refusal) => void;
  private status = 0;
  private fields: string[] = [];
  private chunks: Buffer[] = [];
  private size = 0;

  constructor(maxBytes: number, resolve: (answer: WholeAnswer | Refusal) => void) {
    this.maxBytes = maxBytes;
    this.resolve = resolve;
  }

  giveUp(detail: string): void {
    this.cancel();
    this.resolve(refuse('bad-gateway', detail));
  }

  callInformed(): void {
    // Hints are for clients.
  }

  callBegan({ status, raw }: CallAnswer): void {
    this.status = status;
    this.fields = readResponseHead(raw).fields;
    removeField(this.fields, 'content-length');
  }

  callContinued(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size > this.maxBytes) this.giveUp(`The answer has more than ${this.maxBytes} bytes.`);
    return true;
  }

  callEnded(): void {
    this.resolve({ status: this.status, fields: this.fields, body: Buffer.concat(this.chunks) });
  }

  callRestarted(): void {
    this.chunks = [];
    this.size = 0;
  }

  callFailed(refusal: Refusal): void {
    this.resolve(refusal);
  }
}
