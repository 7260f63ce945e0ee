import type { Mapping } from '../../model/yaml/mapping.ts';
import { compareCallbacks } from './callbacks.ts';
import type { Operation } from './change.ts';
import type { Comparison } from './comparison.ts';
import { compareParameters } from './parameters.ts';
import { compareRequestBodies } from './request-body.ts';
import { compareResponses } from './responses.ts';
import { compareSecurity } from './security.ts';

/** One operation at both ends. */
export interface OperationPair {
  readonly operation: Operation;
  readonly from: OperationEnd;
  readonly to: OperationEnd;
}

export interface OperationEnd {
  readonly path: string;
  readonly item: Mapping;
  readonly operation: unknown;
}

export function compareOperation(comparison: Comparison, pair: OperationPair): void {
  compareParameters(comparison, pair);
  compareRequestBodies(comparison, pair, 'request');
  compareResponses(comparison, pair, 'response');
  compareSecurity(comparison, pair);
  compareCallbacks(comparison, pair);
}
