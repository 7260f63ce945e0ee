/** What `up` and its kin tell while they work: lines of `--json`, and what the progress on a terminal is drawn from. */
export type ProgressEvent =
  | { readonly type: 'plan'; readonly engine: string; readonly operations: readonly PlannedOperation[] }
  | { readonly type: 'operation'; readonly id: string; readonly state: 'started' | 'done' }
  | { readonly type: 'operation'; readonly id: string; readonly state: 'failed'; readonly error: OperationError }
  | { readonly type: 'operation'; readonly id: string; readonly state: 'skipped'; readonly because: string }
  /** Something that is done otherwise than one might think. */
  | { readonly type: 'notice'; readonly id: string; readonly text: string }
  /** A line that a builder or an installer wrote. */
  | { readonly type: 'output'; readonly id: string; readonly line: string };

export interface PlannedOperation {
  readonly id: string;
  readonly kind: string;
  /** What it is about: a service, or a part of the platform; null for the whole system. */
  readonly unit: string | null;
  readonly cause: string;
  readonly needs: readonly string[];
}

export interface OperationError {
  readonly message: string;
  readonly hint?: string;
  readonly details: readonly string[];
}
