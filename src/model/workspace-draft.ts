import { draftAuth } from './auth-draft.ts';
import type { AuthDraft } from './auth-draft.ts';
import { asMapping, type Mapping } from './yaml/mapping.ts';
import { draftFilters, type FilterUseDraft } from './filter-drafts.ts';
import type { Path } from './problem.ts';

/** A text with its place. */
export interface Placed {
  readonly text: string;
  readonly path: Path;
}

/**
 * What the checks read: as much of a workspace as is there and has the right type, so that one problem does not hide
 * another.
 */
export interface WorkspaceDraft {
  readonly engine: string | undefined;
  readonly gatewayPort: number | undefined;
  /** Of `gateway.tls`, when that is a mapping. */
  readonly gatewayTlsKeys: ReadonlySet<string> | undefined;
  /** Those that no single service has. */
  readonly routes: readonly RouteDraft[];
  readonly auth: AuthDraft;
  /** What holds for all routes, when it is a mapping. */
  readonly routeDefaults: RouteDraft | undefined;
  readonly services: readonly ServiceDraft[];
  readonly filters: readonly FilterUseDraft[];
  /** What routes, calls and the gateway say of requests. */
  readonly policies: readonly PolicyDraft[];
  readonly delivery: DeliveryDraft;
}

/** How commits get to users. */
interface DeliveryDraft {
  readonly hasRegistry: boolean;
  readonly chaos: readonly Placed[];
  readonly environments: readonly { readonly name: string; readonly path: Path; readonly value: Mapping }[];
}

/** Keys of a route, a call, or the defaults for all routes. */
export interface PolicyDraft {
  readonly path: Path;
  readonly value: Mapping;
  /** The service that requests go to, where there is one. */
  readonly service: string | undefined;
}

export interface ServiceDraft {
  readonly name: string;
  readonly path: Path;
  /** Undefined when the service is no mapping at all, which the schema reports. */
  readonly keys: ReadonlySet<string> | undefined;
  readonly folder: string | undefined;
  readonly store: string | undefined;
  readonly port: number | undefined;
  readonly replicas: number | undefined;
  readonly calls: readonly Placed[];
  /** Those calls that say what happens on the way. */
  readonly callRules: readonly RouteDraft[];
  readonly routes: readonly RouteDraft[];
  readonly env: readonly Placed[];
}

/** A mapping of policies, as it is written: a route, a call, or defaults for routes. */
export interface RouteDraft {
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Takes what is usable out of a file's values; never throws, whatever they are. */
export function draftWorkspace(value: unknown): WorkspaceDraft {
  const root = asMapping(value) ?? {};
  const gateway = asMapping(root['gateway']);
  const tls = asMapping(gateway?.['tls']);
  const defaults = asMapping(gateway?.['defaults']);
  return {
    engine: asText(root['engine']),
    gatewayPort: asNumber(gateway?.['port']),
    gatewayTlsKeys: tls && new Set(Object.keys(tls)),
    routes: draftRoutes(gateway?.['routes'], ['gateway', 'routes']),
    auth: draftAuth(value),
    routeDefaults: defaults && { path: ['gateway', 'defaults'], value: defaults },
    services: Object.entries(asMapping(root['services']) ?? {}).map(([name, service]) => draftService(name, service)),
    policies: draftPolicies(root),
    filters: draftFilters(value),
    delivery: draftDelivery(root['delivery']),
  };
}

function draftDelivery(value: unknown): DeliveryDraft {
  const delivery = asMapping(value);
  const path = ['delivery', 'environments'];
  return {
    hasRegistry: delivery?.['registry'] !== undefined,
    chaos: asList(delivery?.['chaos']).flatMap((item, index) => placed(item, ['delivery', 'chaos', index])),
    environments: Object.entries(asMapping(delivery?.['environments']) ?? {}).flatMap(([name, entry]) => {
      const environment = asMapping(entry);
      return environment === undefined ? [] : [{ name, path: [...path, name], value: environment }];
    }),
  };
}

function draftPolicies(root: Mapping): readonly PolicyDraft[] {
  const gateway = asMapping(root['gateway']);
  const ofServices = Object.entries(asMapping(root['services']) ?? {}).flatMap(([name, value]) => {
    const service = asMapping(value);
    const calls = policiesIn(service?.['calls'], ['services', name, 'calls']);
    return [
      ...policiesIn(service?.['routes'], ['services', name, 'routes']).map((route) => ({ ...route, service: name })),
      ...calls.map((call) => ({ ...call, service: asText(call.value['service']) })),
    ];
  });
  return [
    ...policiesIn([gateway?.['defaults']], ['gateway']).map((found) => ({ ...found, path: ['gateway', 'defaults'] })),
    ...policiesIn(gateway?.['routes'], ['gateway', 'routes']),
    ...ofServices,
  ];
}

function policiesIn(list: unknown, path: Path): readonly PolicyDraft[] {
  return asList(list).flatMap((item, index) => {
    const value = asMapping(item);
    return value === undefined ? [] : [{ path: [...path, index], value, service: undefined }];
  });
}

function draftService(name: string, value: unknown): ServiceDraft {
  const path = ['services', name];
  const service = asMapping(value);
  return {
    name,
    path,
    keys: service === undefined ? undefined : new Set(Object.keys(service)),
    folder: asText(service?.['path']),
    store: asText(service?.['store']),
    port: asNumber(service?.['port']),
    replicas: asNumber(service?.['replicas']),
    calls: draftCalls(service?.['calls'], [...path, 'calls']),
    callRules: draftRoutes(service?.['calls'], [...path, 'calls']),
    routes: draftRoutes(service?.['routes'], [...path, 'routes']),
    env: Object.keys(asMapping(service?.['env']) ?? {}).map((text) => ({ text, path: [...path, 'env', text] })),
  };
}

function draftRoutes(value: unknown, path: Path): readonly RouteDraft[] {
  return asList(value).flatMap((item, index) => {
    const route = asMapping(item);
    return route === undefined ? [] : [{ path: [...path, index], value: route }];
  });
}

function draftCalls(value: unknown, path: Path): readonly Placed[] {
  return asList(value).flatMap((item, index) => {
    const detailed = asMapping(item);
    return detailed === undefined
      ? placed(item, [...path, index])
      : placed(detailed['service'], [...path, index, 'service']);
  });
}

function placed(value: unknown, path: Path): readonly Placed[] {
  return typeof value === 'string' ? [{ text: value, path }] : [];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
