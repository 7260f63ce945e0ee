import { latencyBounds } from '../../protocol/stats.ts';

export const callOutcomes = ['ok', 'failed', 'timeout', 'crashed', 'unavailable'] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** Counts of one filter. They outlive its threads. */
export class FilterStats {
  readonly calls: Record<CallOutcome, number> = { ok: 0, failed: 0, timeout: 0, crashed: 0, unavailable: 0 };
  /** The last one counts what is above all bounds. */
  readonly latencies = new Float64Array(latencyBounds.length + 1);
  latencySum = 0;
  /** How often its thread has ended by itself or was ended. */
  crashes = 0;
  /** Its threads count there too: what they dropped is known also while they are stuck. */
  readonly dropped = new Int32Array(new SharedArrayBuffer(4));

  /** Lines of its log that were more than the gateway takes. */
  get droppedLines(): number {
    return Atomics.load(this.dropped, 0);
  }

  noteDroppedLine(): void {
    Atomics.add(this.dropped, 0, 1);
  }

  note(outcome: CallOutcome, seconds: number): void {
    this.calls[outcome] += 1;
    const bucket = latencyBounds.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? latencyBounds.length : bucket;
    this.latencies[index] = (this.latencies[index] ?? 0) + 1;
    this.latencySum += seconds;
  }
}
