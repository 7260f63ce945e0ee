import type { Unit } from './desired.ts';

/** One thing to do, why, and what must be done before it. */
export type Operation = OperationBody & {
  /** Unique in its plan and made for people: `start orders-1`. */
  readonly id: string;
  /** In words, for `--dry-run`: `its configuration changed`. */
  readonly cause: string;
  /** Ids of operations that must have succeeded. When one fails or is skipped, this one is skipped. */
  readonly needs: readonly string[];
};

export type OperationBody =
  /** Make the engine's ground: the network, or the supervisor. */
  | { readonly kind: 'open' }
  /** Make the image, or prepare the folder. */
  | { readonly kind: 'build'; readonly unit: Unit }
  /** Create an instance and start its program. */
  | { readonly kind: 'start'; readonly unit: Unit; readonly index: number }
  /** Tell the registry what should be there: the system, and the table of instances after the plan's starts. */
  | { readonly kind: 'publish' }
  /** Wait until every instance of it that the plan started is healthy, and the gateways know. */
  | { readonly kind: 'await'; readonly unit: string; readonly instances: readonly string[] }
  /** Take an instance out of service, let it finish, stop and remove it. */
  | { readonly kind: 'stop'; readonly instance: string; readonly unit: string }
  /** Stop and remove all there is of the workspace, the engine's ground last, and with `data` what stores keep. */
  | { readonly kind: 'close'; readonly data: boolean };

export interface Plan {
  readonly operations: readonly Operation[];
}

/** Name of the unit that an operation is about; undefined for the whole system. */
export function unitOf(operation: Operation): string | undefined {
  if (!('unit' in operation)) return undefined;
  return typeof operation.unit === 'string' ? operation.unit : operation.unit.name;
}
