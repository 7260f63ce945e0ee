import type { Service } from '../../model/workspace.ts';
import type { ObservedInstance } from '../../plan/observation.ts';
import type { EngineKind } from '../../ports/engine.ts';
import { environmentVariables as names } from '../../protocol/environment.ts';
import { calleeVariable } from '../../protocol/names.ts';
import { programVariables } from '../../protocol/programs.ts';
import type { SystemEdge } from '../../protocol/system.ts';

export interface HostFacts {
  readonly engine: EngineKind;
  readonly instances: readonly ObservedInstance[];
  /** What the instances of the service get, whichever they are. */
  readonly given: Readonly<Record<string, string>>;
  /** Where the registry is reached from this machine. */
  readonly registryUrl: string;
  readonly edges: readonly SystemEdge[];
}

export interface HostEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Addresses among them that msa has set, by variable: they can be tried. */
  readonly addresses: Readonly<Record<string, Address>>;
  /** What the user has to know of them. */
  readonly remarks: readonly string[];
}

interface Address {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/** Where a service listens that says nothing of it. */
const usualPort = 3000;

/**
 * The variables with which a service runs on this machine beside the system: in an editor, under a debugger. Names that
 * only the engine's own network knows become addresses.
 */
export function hostEnvironment(service: Service, facts: HostFacts): HostEnvironment {
  const { engine, instances, given } = facts;
  const addresses: Record<string, Address> = {};
  for (const name of addressNames(service)) {
    const url = given[name] === undefined ? undefined : onHost(given[name], instances);
    const address = url === undefined ? undefined : addressIn(url);
    if (address !== undefined) addresses[name] = address;
  }
  const registry = addressIn(facts.registryUrl);
  if (registry !== undefined) addresses[names.registryUrl] = registry;
  const variables = {
    [names.port]: String(service.port ?? usualPort),
    [programVariables.host]: '127.0.0.1',
    [names.instanceId]: `${service.name}-local`,
    ...given,
    ...Object.fromEntries(Object.entries(addresses).map(([name, { url }]) => [name, url])),
  };
  return { variables, addresses, remarks: engine === 'docker' ? guardedEdges(service, facts.edges) : [] };
}

function addressNames({ calls }: Service): readonly string[] {
  return [names.redisUrl, names.databaseUrl, names.publicUrl, ...calls.map(calleeVariable)];
}

/** An address in which the name of a unit is replaced by where its first instance is. */
function onHost(url: string, instances: readonly ObservedInstance[]): string {
  return url.replace(/^([a-z+]+:\/\/(?:[^@/]*@)?)([a-z0-9-]+)(?=[:/]|$)/, (whole, before: string, host: string) => {
    const instance = instances.find(({ unit, role }) => unit === host && role !== 'service');
    return instance === undefined ? whole : before + instance.address;
  });
}

const usualPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  redis: 6379,
  postgres: 5432,
  postgresql: 5432,
};

function addressIn(url: string): Address | undefined {
  const [, scheme = '', host, port] = /^([a-z+]+):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(url) ?? [];
  const known = port === undefined ? usualPorts[scheme] : Number(port);
  return host === undefined || known === undefined
    ? undefined
    : { url, host: host.replaceAll(/[[\]]/g, ''), port: known };
}

/** Edges that the gateway serves to the instances of the caller alone. */
function guardedEdges({ name }: Service, edges: readonly SystemEdge[]): readonly string[] {
  const guarded = edges.filter(({ caller, checkCaller }) => caller === name && checkCaller);
  if (guarded.length === 0) return [];
  const variables = guarded.map(({ callee }) => calleeVariable(callee)).join(', ');
  return [
    `${variables}: the gateway takes these calls from the instances of ${name} only until it runs elsewhere: msa up --except ${name}`,
  ];
}
