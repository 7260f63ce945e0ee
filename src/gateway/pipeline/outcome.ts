import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';

/** An answer that is there as a whole: the gateway's own, a stored one, or one that was collected. */
export interface WholeAnswer {
  readonly status: number;
  /** End-to-end fields, name and value in turn, without Content-Length. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** What a step comes to: nothing, so that the request goes on, or what is answered instead. */
export type Outcome = undefined | Refusal | WholeAnswer;

/** Something that happens to a request before it goes on. Gives a promise only when it must wait. */
export type RequestStep = (incoming: Incoming) => Outcome | Promise<Outcome>;

/** Thrown by a stage that cannot let an answer pass, with what is answered instead. */
export class AnswerRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

export function isRefusal(outcome: Refusal | WholeAnswer): outcome is Refusal {
  return 'kind' in outcome;
}
