import type { Mapping } from '../../model/yaml/mapping.ts';
import type { Operation } from './change.ts';

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
