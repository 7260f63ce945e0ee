import type { Socket } from 'node:net';
import type { RawFields } from '../http/response-fields.ts';

import type { Limits } from '../limits.ts';
import type { Log } from '../observe/log.ts';
import type { TargetStats } from '../observe/target-stats.ts';
import type { Refusal } from '../problems.ts';
import type { Resilience } from '../resilience/compile-resilience.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { CallAnswer } from './describe-reply.ts';
import type { RequestBody } from './request-body.ts';

export interface CallParts {
  readonly limits: Limits;
  readonly log: Log;
  readonly random: () => number;
}

/** By which rules a service is asked. */
export interface CallRules {
  readonly timeoutMs: number;
  readonly retryAttempts: number;
  readonly stats: TargetStats;
  readonly resilience: Resilience;
}

export interface CallRequest {
  readonly service: ServiceInstances;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Name and value in turn, with room at the end for the time that is left. */
  readonly fields: string[];
  readonly idempotencyKey: string | undefined;
  readonly body: RequestBody;
  /** Left out: what the gateway allows. */
  readonly maxBodyBytes?: number;
  /** When whoever asked waits no longer, by performance.now; undefined when it did not say. */
  readonly deadlineAt: number | undefined;
  /** What consistent hashing recognises it by. */
  readonly key: number | undefined;
  /** The protocol that is asked for. */
  readonly upgrade?: 'websocket' | undefined;
}

/** What a call tells whoever made it. Nothing comes after `callEnded` or `callFailed`. */
export interface CallListener {
  /** Something of the answer cannot be taken back any more. */
  readonly isCommitted: boolean;
  callInformed(status: number, raw: RawFields): void;
  callBegan(answer: CallAnswer, resume: () => void): void;
  /** Gives false to pause. */
  callContinued(chunk: Buffer): boolean;
  /** It came to another protocol: the call lasts until `leave`. */
  callUpgraded?(answer: CallAnswer, socket: Socket): void;
  callEnded(trailers: RawFields): void;
  /** What came of an answer counts no more: another try begins. */
  callRestarted(): void;
  callFailed(refusal: Refusal): void;
}
