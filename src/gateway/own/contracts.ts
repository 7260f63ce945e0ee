import type { WatchState } from '../../protocol/watch.ts';
import type { Log } from '../observe/log.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { Routing } from '../state/targets.ts';
import { fetchPage } from './fetch-page.ts';
import type { JsonObject } from './json-object.ts';
import { mergeContracts } from './merge-contracts.ts';
import type { Contract } from './merge-contracts.ts';
import { publicPathsOf } from './public-paths.ts';
import type { PublicPaths } from './public-paths.ts';

interface Kept {
  /** The instances it was read from: another set may be another version of the service. */
  readonly instances: string;
  readonly document: JsonObject;
}

/** The contracts of the services with routes, read from their instances and kept as long as these are the same. */
export class Contracts {
  private readonly log: Log;
  private readonly kept = new Map<string, Kept>();

  constructor(log: Log) {
    this.log = log;
  }

  async merged(state: WatchState | undefined, { routes }: Routing): Promise<object> {
    const paths = new Map<ServiceInstances, readonly PublicPaths[]>();
    for (const { services: own, declared } of routes)
      for (const service of own) paths.set(service, [...(paths.get(service) ?? []), ...publicPathsOf(declared)]);
    const services = [...paths.keys()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
    const documents = await Promise.all(services.map((service) => this.contractOf(service, state)));
    const contracts = services.flatMap((service, index): Contract[] => {
      const document = documents[index];
      return document ? [{ service: service.name, routes: paths.get(service) ?? [], document }] : [];
    });
    return mergeContracts({ title: state?.system?.name ?? '', version: state?.system?.version ?? '0' }, contracts);
  }

  private async contractOf(service: ServiceInstances, state: WatchState | undefined) {
    const rows = (state?.instances ?? []).filter((row) => row.service === service.name && row.status === 'up');
    const instances = rows.map(({ id, address, port, since }) => `${id} ${address}:${port} ${since}`).join('\n');
    const known = this.kept.get(service.name);
    if (known?.instances === instances) return known.document;
    const document = await fetchPage(service, '/openapi.json');
    if (typeof document?.['openapi'] !== 'string' || !document['openapi'].startsWith('3.')) {
      this.log.say('debug', 'service without a contract', { service: service.name });
      return undefined;
    }
    this.kept.set(service.name, { instances, document });
    return document;
  }
}
