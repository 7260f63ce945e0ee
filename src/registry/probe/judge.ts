import type { InstanceStatus } from '../../protocol/instances.ts';

/** What one probe saw. A failure is certain when nobody listens there; anything else may be a hiccup. */
export type ProbeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly certain: boolean };

export interface Health {
  readonly status: Exclude<InstanceStatus, 'draining'>;
  readonly problem: string;
  /** Failed probes in a row. */
  readonly failures: number;
}

const failuresUntilDown = 2;

/** What follows from a probe: one good one is enough to be up, an uncertain failure must be seen twice to be down. */
export function judge({ status, failures }: Health, result: ProbeResult): Health {
  if (result.ok) return { status: 'up', problem: '', failures: 0 };
  const { problem, certain } = result;
  const isDown = status === 'up' && (certain || failures + 1 >= failuresUntilDown);
  return { status: isDown ? 'down' : status, problem, failures: failures + 1 };
}
