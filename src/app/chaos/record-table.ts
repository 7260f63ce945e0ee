import type { TableChange } from '../../chaos/journal.ts';
import { MsaError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import type { WatchState } from '../../protocol/watch.ts';

/** The registry's table, written down as it changes. */
export interface TableRecord {
  readonly first: WatchState;
  /** Grows; times are the clock's. */
  readonly changes: readonly TableChange[];
  /** Throws when the registry has gone silent, for then the record is worth nothing any more. */
  readonly throwIfLost: () => void;
}

interface Deps {
  readonly clock: Clock;
  /** Ends the recording. */
  readonly signal: StopSignal;
}

/** Begins to record; settles with the first state. */
export function recordTable(control: Pick<ControlPlane, 'watch'>, { clock, signal }: Deps): Promise<TableRecord> {
  const changes: TableChange[] = [];
  const statuses = new Map<string, TableChange['status']>();
  let lost: Error | undefined;
  const note = ({ instances }: WatchState): void => {
    const now = new Map(instances.map(({ id, status }) => [id, status]));
    for (const instance of new Set([...statuses.keys(), ...now.keys()])) {
      const status = now.get(instance) ?? 'absent';
      if (statuses.get(instance) !== status) changes.push({ atMs: clock.now(), instance, status });
      statuses.set(instance, status);
    }
  };
  return new Promise((resolve, reject) => {
    const follow = async (): Promise<void> => {
      for await (const state of control.watch(signal)) {
        note(state);
        resolve({
          first: state,
          changes,
          throwIfLost: () => {
            if (lost !== undefined) throw lost;
          },
        });
      }
      throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry ended the stream of its table', {
        hint: 'msa logs registry',
      });
    };
    follow().catch((error: unknown) => {
      lost = error instanceof Error ? error : new Error(String(error));
      reject(lost);
    });
  });
}
