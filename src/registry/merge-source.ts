import type { Instance, InstanceRecord } from '../protocol/instances.ts';

export type Rows = ReadonlyMap<string, Instance>;

export interface SourceNews {
  readonly source: string;
  /** All that this source knows of; its other rows are gone. */
  readonly records: readonly InstanceRecord[];
  readonly now: string;
}

/** The table after a source has spoken. What it says again keeps its status; what has moved begins anew. */
export function mergeSource(rows: Rows, { source, records, now }: SourceNews): Rows {
  const others = [...rows].filter(([, row]) => row.source !== source);
  return new Map([...others, ...records.map((record) => [record.id, mergeRow(rows.get(record.id), record)] as const)]);

  function mergeRow(row: Instance | undefined, record: InstanceRecord): Instance {
    const isDraining = row?.status === 'draining';
    if (row !== undefined && isSamePlace(row, record) && isDraining === record.draining) return row;
    return { ...record, status: record.draining ? 'draining' : 'starting', since: now, source, problem: '' };
  }
}

/** Ids that another source already has: an instance belongs to one. */
export function takenIds(rows: Rows, { source, records }: Omit<SourceNews, 'now'>): readonly string[] {
  return records.map(({ id }) => id).filter((id) => (rows.get(id)?.source ?? source) !== source);
}

const unknownService = 'unknown service';

/** Instances of services that the system does not have cannot be probed: nobody has said how. */
export function markUnknown(rows: Rows, isKnown: (service: string) => boolean, now: string): Rows {
  return new Map([...rows].map(([id, row]) => [id, mark(row, isKnown(row.service), now)]));
}

function mark(row: Instance, isKnown: boolean, now: string): Instance {
  if (row.status === 'draining') return row;
  if (isKnown) return row.problem === unknownService ? { ...row, problem: '' } : row;
  if (row.problem === unknownService) return row;
  return { ...row, status: 'starting', since: row.status === 'starting' ? row.since : now, problem: unknownService };
}

function isSamePlace(row: Instance, record: InstanceRecord): boolean {
  return row.service === record.service && row.address === record.address && row.port === record.port;
}
