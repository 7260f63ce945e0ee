import type { MirrorTarget } from '../../../protocol/policies/mirror.ts';
import { headers } from '../../../protocol/headers.ts';
import type { Feature, FeatureContext, OwnRequest, TargetFacts } from '../../pipeline/feature.ts';
import type { Incoming } from '../../proxy/incoming.ts';
import type { RequestBody } from '../../proxy/request-body.ts';
import { Shares } from '../shares.ts';
import { demand } from './sound.ts';

const timeoutMs = 10_000;
/** Larger answers are broken off; nobody reads them anyway. */
const maxBytes = 1024 * 1024;
/** Of one route; a service that hangs must not use up the gateway. */
const maxInFlight = 64;
/** Percentages count to the third digit after the point. */
const precision = 1000;

/**
 * Sends copies of requests to other services. Nothing waits for them: one without a body goes out beside the request,
 * one with a body when the request is over, since only then it is sure to be there. Bodies too large to be sent again
 * are not copied.
 */
export function createMirror(context: FeatureContext): Feature {
  return {
    name: 'mirror',
    compile({ policy, stats }) {
      if (!policy.mirror) return undefined;
      demand(Array.isArray(policy.mirror), 'the list');
      const mirrors = policy.mirror.map((target) => new Mirror(target, stats, context));
      return {
        step(incoming) {
          for (const mirror of mirrors) mirror.copy(incoming);
          return undefined;
        },
      };
    },
  };
}

type Copy = Pick<OwnRequest, 'method' | 'path' | 'fields' | 'body'>;

class Mirror {
  private inFlight = 0;
  private readonly target: MirrorTarget;
  private readonly turns: Shares<boolean>;
  private readonly stats: TargetFacts['stats'];
  private readonly context: FeatureContext;

  constructor(target: MirrorTarget, stats: TargetFacts['stats'], context: FeatureContext) {
    const { service, percent } = target;
    demand(typeof service === 'string' && percent >= 0 && percent <= 100, 'a service or its percentage');
    const weight = Math.round(percent * precision);
    this.target = target;
    this.stats = stats;
    this.context = context;
    this.turns = new Shares([
      { item: true, weight },
      { item: false, weight: 100 * precision - weight },
    ]);
  }

  copy(incoming: Incoming): void {
    // A connection that is to become something else has no copy.
    if (incoming.upgrade !== undefined || this.turns.next() !== true) return;
    if (this.inFlight >= maxInFlight) {
      this.leaveOut();
      return;
    }
    const { method, onwardPath, onwardQuery, head } = incoming;
    // Taken now, because the fields of the connection are put among them later.
    const request = { method, path: onwardPath + onwardQuery, fields: fieldsFor(incoming) };
    this.inFlight += 1;
    const hasBody = head.transferEncoding !== undefined || Number(head.contentLength ?? 0) > 0;
    if (hasBody) incoming.onFinish(() => this.sendWithBody(request, incoming.body));
    else void this.send(request);
  }

  private sendWithBody(request: Copy, body: RequestBody | undefined): void {
    if (body?.kind === 'whole') {
      void this.send({ ...request, body: body.bytes });
      return;
    }
    this.inFlight -= 1;
    this.leaveOut();
  }

  private async send(request: Copy): Promise<void> {
    const service = this.context.service(this.target.service);
    const answer = service && (await this.context.call({ ...request, service, timeoutMs, retryAttempts: 0, maxBytes }));
    this.inFlight -= 1;
    this.stats.incidents.mirrored += 1;
    if (!answer || 'kind' in answer) this.stats.incidents.mirror_failed += 1;
  }

  private leaveOut(): void {
    this.stats.incidents.mirror_left_out += 1;
  }
}

function fieldsFor(incoming: Incoming): string[] {
  const { head, client, authority, via, requestId, trace } = incoming;
  const ours = ['via', head.via === '' ? via : `${head.via}, ${via}`, headers.requestId, requestId];
  return [...head.fields, ...client.forwardingFor(authority), ...ours, 'traceparent', trace.traceparent];
}
