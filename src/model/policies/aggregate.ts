import type { AggregateCall, AggregatePolicy, CallValue } from '../../protocol/policies/aggregate.ts';
import { readJsonPath } from '../schema/json-path.ts';
import type { WrittenAggregate } from '../schema/policies/aggregate.ts';
import { readAddress, readPlaceholder } from './aggregate-template.ts';
import { readRenames } from './transform.ts';

type WrittenCall = WrittenAggregate['calls'][string];

interface Surroundings {
  readonly timeoutMs: number;
  /** Of the route. */
  readonly path: string;
}

export function aggregatePolicy({ calls }: WrittenAggregate, { timeoutMs, path }: Surroundings): AggregatePolicy {
  return {
    timeoutMs,
    base: path.replace(/\/$/, ''),
    calls: Object.entries(calls).map(([name, call]) => aggregateCall(name, call)),
  };
}

function aggregateCall(name: string, written: WrittenCall): AggregateCall {
  const { service, path, method = 'GET', headers, optional = false, pick, allow, deny, rename } = written;
  const forEach = written.forEach && forEachOf(written.forEach);
  return {
    name,
    service,
    method,
    ...readAddress(path),
    headers: (headers ?? []).map((field) => field.toLowerCase()),
    optional,
    ...(forEach && { forEach }),
    ...(pick !== undefined && { pick: readJsonPath(pick) }),
    ...(allow && { allow: allow.map(readJsonPath) }),
    ...(deny && { deny: deny.map(readJsonPath) }),
    ...(rename && { rename: readRenames(rename) }),
    place: placeOf(name, written),
  };
}

function placeOf(name: string, { merge, group = name }: WrittenCall): AggregateCall['place'] {
  if (merge === true) return { kind: 'merge' };
  return group === false ? { kind: 'none' } : { kind: 'group', key: group };
}

function forEachOf({ list, limit = 20, parallel = 4 }: NonNullable<WrittenCall['forEach']>) {
  const source = readListPlaceholder(list);
  return source && { list: source, limit, parallel };
}

/** The list that `{orders.body.items}` stands for. */
function readListPlaceholder(written: string): CallValue | undefined {
  const source = readPlaceholder(written.slice(1, -1));
  return source?.from === 'call' ? source : undefined;
}
