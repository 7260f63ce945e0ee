import type { LoadPlan, RequestEntry } from '../chaos/journal.ts';
import type { StopSignal } from './stop-signal.ts';

/** Sends requests as clients would. */
export interface LoadGenerator {
  /** One request, just as the load will send it. */
  readonly probe: (request: ProbeRequest) => Promise<ProbeAnswer>;
  /**
   * Begins at once and goes on until it is stopped, or until the signal is aborted: then nothing more is sent and what is
   * under way is cut off. `record` gets every request when it has ended, with times as the clock of the experiment has them.
   */
  readonly start: (plan: LoadPlan, record: (entry: RequestEntry) => void, signal: StopSignal) => RunningLoad;
}

export interface ProbeRequest {
  readonly origin: string;
  readonly path: string;
  readonly timeoutMs: number;
  readonly signal: StopSignal;
}

/** What a request came to. */
export interface ProbeAnswer {
  readonly status: number | undefined;
  readonly failure: string | undefined;
  readonly instance: string | undefined;
  readonly requestId: string | undefined;
}

export interface RunningLoad {
  /** Sends nothing more; settles when all that is under way has ended. Gives how many due requests were never sent. */
  readonly stop: () => Promise<number>;
}
