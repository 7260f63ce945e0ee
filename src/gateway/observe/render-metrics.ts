import { storeOutcomes } from '../redis/redis-store.ts';
import type { RedisStore } from '../redis/redis-store.ts';
import { breakerStates } from '../resilience/breaker.ts';
import type { Target } from '../state/targets.ts';
import type { GatewayStatus } from './describe-status.ts';
import { incidents, latencyBounds } from './target-stats.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number, suffix?: string];

/** The metrics in Prometheus' text format. */
export function renderMetrics({ current, draining, redis }: GatewayStatus, residentBytes: number): string {
  const { state, routing, services } = current;
  const all = [...routing.routes, ...routing.edges];
  const endpoints = services.all.flatMap((service) =>
    service.endpoints.map((endpoint) => ({ labels: { service: service.name, instance: endpoint.id }, endpoint })),
  );
  return [
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
    ...family('msa_gateway_circuit_state', 'gauge', all.flatMap(circuitSamples)),
    ...family('msa_gateway_circuit_opened_total', 'counter', all.flatMap(openedSamples)),
    ...family('msa_gateway_concurrency_limit', 'gauge', all.flatMap(limitSamples)),
    ...family('msa_gateway_queue_length', 'gauge', all.flatMap(queueSamples)),
    ...family(
      'msa_gateway_retries_left',
      'gauge',
      services.all.map(({ name, budget }) => [{ service: name }, budget.remaining(performance.now())]),
    ),
    ...family('msa_gateway_applied_revision', 'gauge', [[{ epoch: state?.epoch ?? '' }, state?.revision ?? 0]]),
    ...family('msa_gateway_draining', 'gauge', [[{}, Number(draining)]]),
    ...redisFamilies(redis),
    ...family('process_resident_memory_bytes', 'gauge', [[{}, residentBytes]]),
    '',
  ].join('\n');
}

function labelsOf({ kind, name }: Target): Labels {
  return { [kind]: name };
}

function redisFamilies(redis: RedisStore | undefined): string[] {
  if (redis?.isNeeded !== true) return [];
  return [
    ...family('msa_gateway_redis_up', 'gauge', [[{}, Number(redis.answers)]]),
    ...family(
      'msa_gateway_redis_commands_total',
      'counter',
      storeOutcomes.map((outcome) => [{ outcome }, redis.outcomes[outcome]]),
    ),
  ];
}

function countSamples(target: Target): Sample[] {
  return Array.from(target.stats.byClass, (count, kind): Sample => {
    return [{ ...labelsOf(target), status: kind === 0 ? 'none' : `${kind}xx` }, count];
  }).filter(([, count]) => count > 0);
}

function incidentSamples(target: Target): Sample[] {
  return incidents.map((incident) => [{ ...labelsOf(target), incident }, target.stats.incidents[incident]]);
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

function latencySamples(target: Target): Sample[] {
  const labels = labelsOf(target);
  let count = 0;
  const buckets = Array.from(target.stats.latencies, (inBucket, index): Sample => {
    count += inBucket;
    return [{ ...labels, le: String(latencyBounds[index] ?? '+Inf') }, count, '_bucket'];
  });
  return [...buckets, [labels, target.stats.latencySum, '_sum'], [labels, count, '_count']];
}

function family(name: string, type: 'counter' | 'gauge' | 'histogram', samples: readonly Sample[]): string[] {
  return [`# TYPE ${name} ${type}`, ...samples.map((sample) => renderSample(name, sample))];
}

function renderSample(name: string, [labels, value, suffix = '']: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replaceAll(/["\\\n]/g, '\\$&')}"`);
  return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}
