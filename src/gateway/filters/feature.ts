import { latencyBounds } from '../../protocol/stats.ts';
import { family, histogramSamples } from '../observe/metrics.ts';
import type { Family, Labels } from '../observe/metrics.ts';
import type { Feature, FeatureContext } from '../pipeline/feature.ts';
import { FilterChain } from './filter-chain.ts';
import { callOutcomes } from './filter-stats.ts';
import { Filters } from './filters.ts';
import { readFilters, readUses } from './read-policy.ts';
import type { RunningFilter } from './running-filter.ts';

/** Filters in code: the user's own, each in a thread of its own. */
export function createFilters({ log, service }: FeatureContext): Feature {
  const filters = new Filters(log);
  return {
    name: 'filters',
    update: ({ policy }) => filters.apply(readFilters(policy.filters)),
    compile: (target) => {
      const uses = readUses(target.policy.filters);
      if (uses.length === 0) return undefined;
      const links = uses.map((use) => {
        const filter = filters.get(use.name);
        if (!filter) throw new Error(`there is no filter ${use.name}`);
        return { use, filter };
      });
      const chain = new FilterChain(links, target, service);
      return {
        step: (incoming) => chain.receive(incoming),
        stage: { begin: (head, incoming) => chain.begin(head, incoming) },
        shapeProblem: (problem, incoming) => chain.shape(problem, incoming),
      };
    },
    metrics: () => metricsOf(filters.all()),
    status: () => statusOf(filters.all()),
    close: () => {
      filters.close();
      return Promise.resolve();
    },
  };
}

function metricsOf(filters: readonly RunningFilter[]): readonly Family[] {
  if (filters.length === 0) return [];
  const calls = filters.flatMap((filter) =>
    callOutcomes.map((outcome) => [{ ...labelsOf(filter), outcome }, filter.stats.calls[outcome]] as const),
  );
  const durations = filters.flatMap((filter) => {
    const { latencies: counts, latencySum: sum } = filter.stats;
    return histogramSamples(labelsOf(filter), { counts, bounds: latencyBounds, sum });
  });
  const crashes = filters.map((filter) => [labelsOf(filter), filter.stats.crashes] as const);
  const dropped = filters.map((filter) => [labelsOf(filter), filter.stats.droppedLines] as const);
  return [
    ...family('msa_gateway_filter_calls_total', 'counter', calls),
    ...family('msa_gateway_filter_duration_seconds', 'histogram', durations),
    ...family('msa_gateway_filter_crashes_total', 'counter', crashes),
    ...family('msa_gateway_filter_log_lines_dropped_total', 'counter', dropped),
  ];
}

function labelsOf({ name }: RunningFilter): Labels {
  return { filter: name };
}

function statusOf(filters: readonly RunningFilter[]): object | undefined {
  return filters.length === 0 ? undefined : filters.map(describeFilter);
}

function describeFilter({ name, hash, isReady, stages, trouble, stats }: RunningFilter): object {
  const state = trouble === undefined ? (isReady ? 'ready' : 'starting') : 'failing';
  const problem = trouble === undefined ? {} : { problem: trouble };
  return { name, hash, state, stages, ...problem, calls: stats.calls, crashes: stats.crashes };
}
