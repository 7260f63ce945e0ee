import type { ContractChange, Deprecation } from '../change.ts';
import type { Pair, Place } from './pair.ts';

/** One schema at both ends: what differs in itself, and the schemas below it. */
export interface SchemaNode {
  readonly pair: Pair;
  readonly changes: readonly SchemaChange[];
  readonly children: readonly SchemaStep[];
}

export interface SchemaStep {
  /** What is added to the name of the place: `.total`, `[]`; empty for an alternative of the same value. */
  readonly segment: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface SchemaChange {
  readonly rule: ContractChange['rule'];
  readonly breaking: boolean;
  readonly at: Place;
  /** The property it is about, below the place of the node. */
  readonly property: string | undefined;
  readonly kind: 'gone' | 'new' | 'new-required' | 'required' | 'optional' | 'keyword';
  /** Of a keyword: `maximum 10 became 5`. */
  readonly text: string;
  /** Of a property that is gone. */
  readonly was?: Deprecation;
}
