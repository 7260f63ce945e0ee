import type { FastifyBaseLogger } from 'fastify';
import type { Draft, Resource, TransitionRel } from './resource.ts';
import type { Item } from './store.ts';

/** The request a rule runs for. */
export interface RuleCall {
  /** Pass it on to whatever must not happen twice. Always there on creation and on transitions. */
  readonly idempotencyKey: string | undefined;
  readonly log: FastifyBaseLogger;
  /** Aborted when the client is gone or the time for the request is up. */
  readonly signal: AbortSignal;
}

/** A stored item with the field types of its declaration. */
export type TypedItem<R extends Resource> = Omit<Item, 'fields'> & { readonly fields: Draft<R> };

type Changes<R extends Resource> = Partial<Draft<R>> | void;

type ItemRule<R extends Resource> = (item: TypedItem<R>, call: RuleCall) => Changes<R> | Promise<Changes<R>>;

export type Rules<R extends Resource> = {
  readonly create?: (draft: Draft<R>, call: RuleCall) => Changes<R> | Promise<Changes<R>>;
  readonly edit?: (item: TypedItem<R>, draft: Draft<R>, call: RuleCall) => Changes<R> | Promise<Changes<R>>;
  readonly delete?: (item: TypedItem<R>, call: RuleCall) => void | Promise<void>;
} & { readonly [Rel in TransitionRel<R>]?: ItemRule<R> };
