import type { Gauge as GaugeType } from 'prom-client';

import type { Parts } from './parts.ts';

/** All figures as Prometheus reads them, taken now. */
export async function renderMetrics(parts: Parts): Promise<{ readonly type: string; readonly text: string }> {
  // Most registries are never asked: loading it costs a tenth of the start and 6 MB.
  const { Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): GaugeType<Label> => new Gauge({ name, help, labelNames, registers: [registry] });

  const { store, prober, watchers, gateways } = parts;
  const instances = gauge('msa_registry_instances', 'Instances by status', ['status']);
  for (const status of ['starting', 'up', 'down', 'draining'] as const)
    instances.set({ status }, store.instances.filter((instance) => instance.status === status).length);
  gauge('msa_registry_revision', 'Changes since the start').set(store.revision);
  gauge('msa_registry_watchers', 'Readers of the watch stream').set(watchers.count);
  gauge('msa_registry_gateways', 'Gateways that have reported lately').set(gateways.list().length);

  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const probes = counter('msa_registry_probes_total', 'Health probes by how they ended', ['outcome']);
  for (const outcome of ['good', 'failed'] as const) probes.inc({ outcome }, prober.counts[outcome]);

  const { user, system } = process.cpuUsage();
  counter('process_cpu_seconds_total', 'CPU time of the program').inc((user + system) / 1e6);
  gauge('process_resident_memory_bytes', 'Memory of the program').set(process.memoryUsage.rss());
  gauge('process_start_time_seconds', 'When the program started').set(performance.timeOrigin / 1000);
  return { type: registry.contentType, text: await registry.metrics() };
}
