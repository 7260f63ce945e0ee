import { latencyBounds } from '../../protocol/stats.ts';
import { storeOutcomes } from '../redis/redis-store.ts';
import type { RedisStore } from '../redis/redis-store.ts';
import { breakerStates } from '../resilience/breaker.ts';
import type { Services } from '../state/services.ts';
import type { Target } from '../state/targets.ts';
import type { Consumers } from './consumers.ts';
import type { GatewayStatus } from './describe-status.ts';
import { family, histogramSamples } from './metrics.ts';
import type { Family, Labels, Sample } from './metrics.ts';

/** Every metric there is. */
export function collectMetrics({
  current,
  draining,
  redis,
  load,
  consumers,
  features,
  refused,
}: GatewayStatus): Family[] {
  const { state, routing, services } = current;
  const all = [...routing.routes, ...routing.edges];
  return [
    // Which service is behind a route, to be joined with the others: it is no label of theirs, since it can change.
    ...family(
      'msa_gateway_target_info',
      'highest',
      all.map((target) => [{ ...labelsOf(target), service: target.service.name }, 1]),
    ),
    ...family('msa_gateway_requests_total', 'counter', all.flatMap(countSamples)),
    ...family('msa_gateway_request_duration_seconds', 'histogram', all.flatMap(latencySamples)),
    ...family('msa_gateway_incidents_total', 'counter', all.flatMap(incidentSamples)),
    ...family(
      'msa_gateway_requests_in_flight',
      'gauge',
      all.map((target) => [labelsOf(target), target.stats.inFlight]),
    ),
    ...family(
      'msa_gateway_tunnels_open',
      'gauge',
      all.map((target) => [labelsOf(target), target.stats.tunnels]),
    ),
    ...instanceFamilies(services),
    ...family('msa_gateway_circuit_state', 'highest', all.flatMap(circuitSamples)),
    ...family('msa_gateway_circuit_opened_total', 'counter', all.flatMap(openedSamples)),
    ...family('msa_gateway_concurrency_limit', 'gauge', all.flatMap(limitSamples)),
    ...family('msa_gateway_queue_length', 'gauge', all.flatMap(queueSamples)),
    ...family(
      'msa_gateway_retries_left',
      'gauge',
      services.all.map(({ name, budget }) => [{ service: name }, budget.remaining(performance.now())]),
    ),
    ...family('msa_gateway_applied_revision', 'lowest', [[{ epoch: state?.epoch ?? '' }, state?.revision ?? 0]]),
    ...family('msa_gateway_connections_refused_total', 'counter', refusedSamples(refused)),
    ...family('msa_gateway_draining', 'highest', [[{}, Number(draining)]]),
    ...family('msa_gateway_consumer_requests_total', 'counter', consumerSamples(consumers)),
    ...redisFamilies(redis),
    ...features.flatMap(({ metrics }) => metrics?.() ?? []),
    ...family('msa_gateway_event_loop_utilization', 'highest', [[{}, load.eventLoopUtilization()]]),
    ...family('process_resident_memory_bytes', 'gauge', [[{}, load.residentBytes()]]),
  ];
}

function instanceFamilies(services: Services): Family[] {
  const endpoints = services.all.flatMap((service) =>
    service.endpoints.map((endpoint) => ({ labels: { service: service.name, instance: endpoint.id }, endpoint })),
  );
  return [
    ...family(
      'msa_gateway_instance_requests_in_flight',
      'gauge',
      endpoints.map(({ labels, endpoint }) => [labels, endpoint.inFlight]),
    ),
    ...family(
      'msa_gateway_instance_ejections_total',
      'counter',
      endpoints.map(({ labels, endpoint }) => [labels, endpoint.ejections]),
    ),
    ...family(
      'msa_gateway_instance_connections',
      'gauge',
      endpoints.map(({ labels, endpoint }) => [labels, endpoint.upstream.connectionCount()]),
    ),
  ];
}

function labelsOf({ kind, name }: Target): Labels {
  return { [kind]: name };
}

function redisFamilies(redis: RedisStore | undefined): Family[] {
  if (redis?.isNeeded !== true) return [];
  return [
    ...family('msa_gateway_redis_up', 'lowest', [[{}, Number(redis.answers)]]),
    ...family(
      'msa_gateway_redis_commands_total',
      'counter',
      storeOutcomes.map((outcome) => [{ outcome }, redis.outcomes[outcome]]),
    ),
  ];
}

function refusedSamples({ all, address }: GatewayStatus['refused']): Sample[] {
  return [
    [{ reason: 'all' }, all],
    [{ reason: 'address' }, address],
  ];
}

function consumerSamples({ counts }: Consumers): Sample[] {
  return Array.from(counts, ([consumer, { requests, refused, failed }]): Sample[] => [
    [{ consumer, outcome: 'served' }, requests - refused - failed],
    [{ consumer, outcome: 'refused' }, refused],
    [{ consumer, outcome: 'failed' }, failed],
  ]).flat();
}

function countSamples(target: Target): Sample[] {
  return Array.from(target.stats.byClass, (count, kind): Sample => {
    return [{ ...labelsOf(target), status: kind === 0 ? 'none' : `${kind}xx` }, count];
  }).filter(([, count]) => count > 0);
}

function incidentSamples(target: Target): Sample[] {
  return Object.entries(target.stats.incidents).map(([incident, count]) => [{ ...labelsOf(target), incident }, count]);
}

/** One sample per state, of which one is 1: so that a change of state is a change of a value. */
function circuitSamples(target: Target): Sample[] {
  const breaker = target.resilience.guard?.breaker;
  if (!breaker) return [];
  return breakerStates.map((state) => [{ ...labelsOf(target), state }, Number(breaker.state === state)]);
}

function openedSamples(target: Target): Sample[] {
  const breaker = target.resilience.guard?.breaker;
  return breaker ? [[labelsOf(target), breaker.opened]] : [];
}

function limitSamples(target: Target): Sample[] {
  const bulkhead = target.resilience.guard?.bulkhead;
  return bulkhead ? [[labelsOf(target), bulkhead.limit]] : [];
}

function queueSamples(target: Target): Sample[] {
  const bulkhead = target.resilience.guard?.bulkhead;
  return bulkhead ? [[labelsOf(target), bulkhead.queueLength]] : [];
}

function latencySamples(target: Target): readonly Sample[] {
  const labels = labelsOf(target);
  const { latencies: counts, latencySum: sum } = target.stats;
  return histogramSamples(labels, { counts, bounds: latencyBounds, sum });
}
