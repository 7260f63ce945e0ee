import { healthPaths } from '../protocol/health.ts';
import { defaultDelivery } from './default-delivery.ts';
import { defaultRoute, defaultRules } from './default-route.ts';
import { gatewayPolicy } from './policies/gateway-policy.ts';
import { gatewayTls } from './policies/gateway-tls.ts';
import { withDefaults } from './policies/policy-of.ts';
import { withNamedLimits } from './policies/rate-limit.ts';
import { splitCommand } from './schema/command-words.ts';
import { defaultValues } from './schema/default-values.ts';
import type { Path } from './problem.ts';
import type { WrittenPolicy } from './schema/policy-schema.ts';
import { parseSizeBytes } from './schema/quantities.ts';
import type { WrittenService, WrittenWorkspace } from './schema/workspace-schema.ts';
import { normalizeWorkspacePath } from './schema/workspace-path.ts';
import type { Health, Service, ServiceSource, Workspace } from './workspace.ts';

/** The text of a scalar as it stands in the file. */
type SourceText = (path: Path) => string | undefined;

/** The last step of parsing: a checked workspace with everything it leaves open filled in. */
export function defaultWorkspace(written: WrittenWorkspace, sourceText: SourceText): Workspace {
  const defaults = withNamedLimits(written.gateway?.defaults);
  return {
    name: written.name,
    engine: written.engine ?? defaultValues.engine,
    isolation: written.isolation ?? defaultValues.isolation,
    gateway: {
      port: written.gateway?.port ?? defaultValues.gatewayPort,
      bind: written.gateway?.bind ?? defaultValues.gatewayBind,
      workers: written.gateway?.workers ?? defaultValues.gatewayWorkers,
      tls: gatewayTls(written.gateway),
      policy: gatewayPolicy(written.gateway),
      routes: (written.gateway?.routes ?? []).map((route) => defaultRoute(withDefaults(route, defaults))),
      keysFile: keysFile(written),
    },
    services: Object.entries(written.services ?? {}).map(([name, service]) =>
      defaultService(name, service, { sourceText, defaults }),
    ),
    delivery: defaultDelivery(written.delivery),
  };
}

interface Surroundings {
  readonly sourceText: SourceText;
  /** Policies for all public routes. */
  readonly defaults: WrittenPolicy | null | undefined;
}

function defaultService(name: string, written: WrittenService, { sourceText, defaults }: Surroundings): Service {
  const calls = (written.calls ?? []).map((call) => (typeof call === 'string' ? { service: call } : call));
  return {
    name,
    description: written.description,
    source: source(written),
    command: written.command === undefined ? undefined : splitCommand(written.command),
    prepare: prepareCommands(written.prepare),
    port: written.port,
    health: health(written),
    protocol: written.protocol === undefined || written.protocol === 'http' ? 'http' : 'h2c',
    replicas: written.replicas ?? defaultValues.replicas,
    store: written.store ?? defaultValues.store,
    calls: calls.map(({ service }) => service),
    callRules: Object.fromEntries(calls.map((call) => [call.service, defaultRules(call)])),
    routes: (written.routes ?? []).map((route) => defaultRoute(withDefaults(route, defaults))),
    env: environment(written.env ?? {}, (key) => sourceText(['services', name, 'env', key])),
    envFile: written.envFile === undefined ? undefined : normalizeWorkspacePath(written.envFile),
    limits: {
      memoryBytes: written.limits?.memory === undefined ? undefined : parseSizeBytes(written.limits.memory),
      cpus: written.limits?.cpus,
    },
  };
}

function keysFile({ gateway }: WrittenWorkspace): string | undefined {
  const path = gateway?.auth?.keysFile;
  return path === undefined ? undefined : normalizeWorkspacePath(path);
}

function source({ path, image }: WrittenService): ServiceSource {
  if (image !== undefined) return { kind: 'image', image };
  // checkServices has made sure that there is one of the two.
  return { kind: 'folder', path: normalizeWorkspacePath(path ?? '.') };
}

function prepareCommands(written: string | readonly string[] | undefined): Service['prepare'] {
  const lines = typeof written === 'string' ? [written] : (written ?? []);
  return lines.flatMap((line) => {
    const words = splitCommand(line);
    return words === undefined ? [] : [words];
  });
}

function health({ health: text, protocol = defaultValues.protocol }: WrittenService): Health {
  // The probes speak HTTP/1.1.
  if (text === undefined) return protocol === 'http' ? { kind: 'http', ...healthPaths } : { kind: 'tcp' };
  return text === 'tcp' ? { kind: 'tcp' } : { kind: 'http', live: text, ready: text };
}

function environment(
  written: Readonly<Record<string, string | number | boolean>>,
  sourceText: (key: string) => string | undefined,
): Service['env'] {
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, sourceText(key) ?? String(value)]));
}
