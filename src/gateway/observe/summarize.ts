import type { ConsumerCounts, GatewayStats, InstanceCounts, TargetCounts } from '../../protocol/stats.ts';
import type { Family, Labels, Sample } from './metrics.ts';

/** The counts that msa shows, out of all metrics. */
export function summarize(families: readonly Family[], at: string): GatewayStats {
  const samplesOf = (name: string): readonly Sample[] => families.find((each) => each.name === name)?.samples ?? [];
  const valueOf = (name: string): number => samplesOf(name)[0]?.[1] ?? 0;
  const byTarget = groupByTarget(families);
  return {
    at,
    targets: samplesOf('msa_gateway_requests_in_flight').map((sample) => summarizeTarget(sample, byTarget)),
    instances: samplesOf('msa_gateway_instance_requests_in_flight').map(([{ service = '', instance = '' }, inFlight]) =>
      summarizeInstance({ service, instance, inFlight }, samplesOf('msa_gateway_instance_ejections_total')),
    ),
    consumers: summarizeConsumers(samplesOf('msa_gateway_consumer_requests_total')),
    utilization: valueOf('msa_gateway_event_loop_utilization'),
    residentBytes: valueOf('process_resident_memory_bytes'),
  };
}

type ByTarget = ReadonlyMap<string, readonly Sample[]>;

/** The samples of routes and edges by metric and target, in one pass: a search for each of many routes would take long. */
function groupByTarget(families: readonly Family[]): ByTarget {
  const groups = new Map<string, Sample[]>();
  for (const { name, samples } of families) {
    for (const sample of samples) {
      const key = targetKey(name, sample[0]);
      const group = groups.get(key);
      if (group) group.push(sample);
      else groups.set(key, [sample]);
    }
  }
  return groups;
}

function targetKey(metric: string, { route, edge }: Labels): string {
  return edge === undefined ? `${metric} route ${route ?? ''}` : `${metric} edge ${edge}`;
}

function summarizeTarget([labels, inFlight]: Sample, byTarget: ByTarget): TargetCounts {
  const kind = labels['edge'] === undefined ? 'route' : 'edge';
  const name = labels[kind] ?? '';
  const own = (metric: string): readonly Sample[] => byTarget.get(targetKey(metric, labels)) ?? [];
  const byLabel = (metric: string, label: string): Record<string, number> =>
    Object.fromEntries(own(metric).flatMap(([others, value]) => (value > 0 ? [[others[label] ?? '', value]] : [])));
  return {
    kind,
    name,
    service: own('msa_gateway_target_info')[0]?.[0]['service'] ?? '',
    inFlight,
    answers: byLabel('msa_gateway_requests_total', 'status'),
    latencies: own('msa_gateway_request_duration_seconds').flatMap(([, value, suffix]) =>
      suffix === '_bucket' ? [value] : [],
    ),
    incidents: byLabel('msa_gateway_incidents_total', 'incident'),
    ...summarizeCircuit(byLabel('msa_gateway_circuit_state', 'state')),
  };
}

function summarizeCircuit(states: Readonly<Record<string, number>>): Pick<TargetCounts, 'circuit'> {
  if ('open' in states) return { circuit: 'open' };
  return 'half-open' in states ? { circuit: 'half-open' } : {};
}

function summarizeInstance(known: Omit<InstanceCounts, 'ejections'>, ejections: readonly Sample[]): InstanceCounts {
  const own = ejections.find(([{ service, instance }]) => service === known.service && instance === known.instance);
  return { ...known, ejections: own?.[1] ?? 0 };
}

function summarizeConsumers(samples: readonly Sample[]): ConsumerCounts[] {
  const counts = new Map<string, { requests: number; refused: number; failed: number }>();
  for (const [{ consumer = '', outcome }, value] of samples) {
    const known = counts.get(consumer) ?? { requests: 0, refused: 0, failed: 0 };
    counts.set(consumer, known);
    known.requests += value;
    if (outcome === 'refused') known.refused += value;
    if (outcome === 'failed') known.failed += value;
  }
  return Array.from(counts, ([consumer, own]) => ({ consumer, ...own }));
}
