import type { Incoming } from '../proxy/incoming.ts';
import type { Layer } from './feature.ts';
import type { BodyHandler, ReplyHead, ReplySink, ReplyStage } from './reply-stage.ts';
import { DelaySink } from './sinks/delay-sink.ts';
import { ReplaceSink } from './sinks/replace-sink.ts';
import { StreamSink } from './sinks/stream-sink.ts';
import { TapSink } from './sinks/tap-sink.ts';
import { WholeSink } from './sinks/whole-sink.ts';

interface Route {
  readonly incoming: Incoming;
  /** The client's side. */
  readonly last: ReplySink;
  /** Told of a stage that could not do its work. */
  readonly onFailure: (error: unknown) => void;
}

/** Leads an answer through the stages of the layers outside of `depth`, the innermost first. */
export function linkStages(layers: readonly Layer[], depth: number, route: Route): ReplySink {
  let sink = route.last;
  for (let index = 0; index < depth; index += 1) {
    const stage = layers[index]?.stage;
    if (stage) sink = new StageLink(stage, sink, route);
  }
  return sink;
}

/** One stage on the way of an answer: once it has seen the head, what it wants with the body decides where bytes go. */
class StageLink implements ReplySink {
  private readonly stage: ReplyStage;
  private readonly next: ReplySink;
  private readonly route: Route;
  private sink: ReplySink;

  constructor(stage: ReplyStage, next: ReplySink, route: Route) {
    this.stage = stage;
    this.next = next;
    this.route = route;
    this.sink = next;
  }

  begin(head: ReplyHead, resume: () => void): void {
    let handler: BodyHandler | undefined;
    try {
      handler = this.stage.begin(head, this.route.incoming);
    } catch (error) {
      return this.route.onFailure(error);
    }
    if (handler?.kind === 'replace') this.sink = new ReplaceSink(handler, this.next, this.route.incoming);
    else if (handler?.kind === 'tap') this.sink = new TapSink(handler, this.next);
    else if (handler?.kind === 'delay') this.sink = new DelaySink(handler, this.next, this.route.onFailure);
    else if (handler?.kind === 'stream') this.sink = new StreamSink(handler, this.next, this.route.onFailure);
    else if (handler && !head.bodiless) this.sink = new WholeSink(handler, this.next, this.route.onFailure);
    this.sink.begin(head, resume);
  }

  write(chunk: Buffer): boolean {
    return this.sink.write(chunk);
  }

  end(trailers: readonly (Buffer | string)[]): void {
    this.sink.end(trailers);
  }

  abandon(): void {
    this.sink.abandon();
  }
}
