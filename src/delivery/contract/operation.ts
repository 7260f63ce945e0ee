import { compareCallbacks } from './callbacks.ts';
import type { Comparison } from './comparison.ts';
import type { OperationPair } from './operation-pair.ts';
import { compareParameters } from './parameters.ts';
import { compareRequestBodies } from './request-body.ts';
import { compareResponses } from './responses.ts';
import { compareSecurity } from './security.ts';

export function compareOperation(comparison: Comparison, pair: OperationPair): void {
  compareParameters(comparison, pair);
  compareRequestBodies(comparison, pair, 'request');
  compareResponses(comparison, pair, 'response');
  compareSecurity(comparison, pair);
  compareCallbacks(comparison, pair);
}
