import type { Incoming } from '../../proxy/incoming.ts';
import { wholeHead } from '../reply-stage.ts';
import type { ReplaceHandler, ReplyHead, ReplySink } from '../reply-stage.ts';

/** Drops an answer, and passes another one on when it has ended. */
export class ReplaceSink implements ReplySink {
  private readonly handler: ReplaceHandler;
  private readonly next: ReplySink;
  private readonly incoming: Incoming;
  private instance: string | undefined;

  constructor(handler: ReplaceHandler, next: ReplySink, incoming: Incoming) {
    this.handler = handler;
    this.next = next;
    this.incoming = incoming;
  }

  begin({ instance }: ReplyHead): void {
    this.instance = instance;
  }

  write(): boolean {
    return true;
  }

  end(): void {
    const { answer } = this.handler;
    const isHead = this.incoming.method === 'HEAD';
    this.next.begin(
      { ...wholeHead(answer, isHead || answer.status === 304), instance: this.instance },
      () => undefined,
    );
    if (!isHead && answer.body.length > 0) this.next.write(answer.body);
    this.next.end([]);
  }

  abandon(): void {
    this.next.abandon();
  }
}
