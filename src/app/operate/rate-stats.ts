import {
  latencyBounds,
  type ConsumerCounts,
  type GatewayStats,
  type OpenCircuit,
  type TargetCounts,
} from '../../protocol/stats.ts';

/** What happened at a route or an edge between two counts. */
export interface TargetRates {
  readonly kind: 'route' | 'edge';
  readonly name: string;
  readonly service: string;
  readonly perSecond: number;
  /** Of all that came: answered with 4xx; answered with 5xx or not at all. */
  readonly refusedShare: number;
  readonly failedShare: number;
  /** In milliseconds; null when nothing came, and where it is above all bounds. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly inFlight: number;
  /** How often, since the count before; only what has happened. */
  readonly incidents: Readonly<Record<string, number>>;
  readonly circuit?: OpenCircuit;
}

export interface StatsReport {
  readonly seconds: number;
  readonly targets: readonly TargetRates[];
  readonly instances: GatewayStats['instances'];
  readonly consumers: readonly (ConsumerCounts & { readonly perSecond: number })[];
  readonly utilization: number;
  readonly residentBytes: number;
}

/** What a gateway did between two counts of its own. One that has been restarted in between has begun anew. */
export function rateStats(before: GatewayStats, after: GatewayStats): StatsReport {
  const seconds = Math.max((Date.parse(after.at) - Date.parse(before.at)) / 1000, 0.001);
  const { instances, utilization, residentBytes } = after;
  return {
    seconds,
    targets: after.targets.map((target) => rateTarget(findTarget(before, target), target, seconds)),
    instances,
    consumers: after.consumers.map((consumer) => {
      const earlier = before.consumers.find((other) => other.consumer === consumer.consumer)?.requests ?? 0;
      return { ...consumer, perSecond: grown(earlier, consumer.requests) / seconds };
    }),
    utilization,
    residentBytes,
  };
}

function findTarget({ targets }: GatewayStats, { kind, name }: TargetCounts): TargetCounts | undefined {
  return targets.find((target) => target.kind === kind && target.name === name);
}

function rateTarget(before: TargetCounts | undefined, after: TargetCounts, seconds: number): TargetRates {
  const { kind, name, service, inFlight, circuit } = after;
  const answers = grownCounts(before?.answers ?? {}, after.answers);
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
  const share = (...classes: readonly string[]): number =>
    total === 0 ? 0 : classes.reduce((sum, status) => sum + (answers[status] ?? 0), 0) / total;
  const latencies = after.latencies.map((count, index) => grown(before?.latencies[index] ?? 0, count));
  return {
    kind,
    name,
    service,
    perSecond: total / seconds,
    refusedShare: share('4xx'),
    failedShare: share('5xx', 'none'),
    p50: percentileMs(latencies, 0.5),
    p95: percentileMs(latencies, 0.95),
    p99: percentileMs(latencies, 0.99),
    inFlight,
    incidents: grownCounts(before?.incidents ?? {}, after.incidents),
    ...(circuit && { circuit }),
  };
}

function grownCounts(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> {
  const entries = Object.entries(after).map(([name, count]) => [name, grown(before[name] ?? 0, count)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

/** A smaller count than before is one that began anew. */
function grown(before: number, after: number): number {
  return after >= before ? after - before : after;
}

/** By straight lines between the bounds of the buckets; `counts` holds how many were at most as slow as each bound. */
export function percentileMs(counts: readonly number[], share: number): number | null {
  const total = counts.at(-1) ?? 0;
  if (total === 0) return null;
  const wanted = total * share;
  const index = counts.findIndex((count) => count >= wanted);
  const upper = latencyBounds[index];
  if (upper === undefined) return null;
  const lower = latencyBounds[index - 1] ?? 0;
  const below = counts[index - 1] ?? 0;
  const inside = (counts[index] ?? 0) - below;
  const seconds = inside === 0 ? upper : lower + ((upper - lower) * (wanted - below)) / inside;
  return Math.round(seconds * 100_000) / 100;
}
