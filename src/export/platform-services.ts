import { defaultValues } from '../model/schema/default-values.ts';
import type { Workspace } from '../model/workspace.ts';
import { gatewayPort, servicePort, stateDirectory } from '../plan/containers.ts';
import { gatewayProcesses } from '../plan/gateway-processes.ts';
import { gatewayUsesRedis, stores } from '../plan/stores.ts';
import type { Locations } from '../ports/engine.ts';
import { registryPort } from '../protocol/ports.ts';
import { adminPaths, gatewayAdminPort, programVariables as names } from '../protocol/programs.ts';
import type { System } from '../protocol/system.ts';
import { literal, type ComposeMapping } from './compose-value.ts';
import type { DescribedService } from './described-service.ts';
import { templates } from './templates.ts';
import { checkBy, checkHttp } from './healthcheck.ts';
import { certificateEnvironment, certificateSecrets } from './certificate.ts';
import { publishedGatewayPort, secrets } from './locations.ts';
import { gatewayCheck, platformDirectory } from './platform-image.ts';

export function describeRegistry(system: System, workspace: Workspace): DescribedService {
  return {
    name: 'registry',
    comment: [
      'Knows who is there and who is healthy, and tells the gateway. It finds instances by their names in the network,',
      'so any number of them may run.',
    ],
    remarks: {
      dns: ['A name without an instance stays unanswered: whom a name server outside knows by it is somebody else.'],
      [`environment ${names.system}`]: ['What msa.yaml says: who there is, and what may reach whom.'],
    },
    value: {
      ...program('registry'),
      dns: ['127.0.0.1'],
      ports: [
        { target: registryPort, published: `\${REGISTRY_PORT:-${registryPort}}`, host_ip: defaultValues.gatewayBind },
      ],
      environment: {
        ...listening('registry', registryPort),
        [names.dnsSource]: dnsSource(system, workspace),
        [names.system]: literal(renderSystem(system)),
      },
      healthcheck: checkHttp(registryPort, adminPaths.ready),
    },
  };
}

export function describeGateway(
  { registryUrl, publicUrl, redisUrl }: Locations,
  workspace: Workspace,
): DescribedService {
  const isSecure = workspace.gateway.tls !== undefined;
  return {
    name: 'gateway',
    comment: [
      'The one way in, and the way from service to service. Its address is given when it starts, so services believe the',
      'forwarding headers of all private addresses (TRUSTED_PROXIES): only containers of this file can speak to them.',
    ],
    value: {
      ...program('gateway'),
      ports: [{ target: gatewayPort, published: publishedGatewayPort(workspace), host_ip: workspace.gateway.bind }],
      environment: {
        ...listening('gateway', gatewayPort),
        [names.adminPort]: String(gatewayAdminPort),
        [names.registryUrl]: registryUrl,
        [names.publicUrl]: publicUrl,
        ...(gatewayUsesRedis(workspace) ? { [names.redisUrl]: redisUrl } : {}),
        ...gatewayProcesses(workspace),
        ...(isSecure && certificateEnvironment),
      },
      secrets: isSecure ? Object.values(certificateSecrets) : undefined,
      healthcheck: checkBy(
        'node',
        gatewayCheck,
        ...workspace.services.filter(({ replicas }) => replicas > 0).map(({ name }) => name),
      ),
    },
  };
}

function program(name: string): ComposeMapping {
  return {
    '<<': templates.hardened,
    build: `./${platformDirectory}`,
    command: ['node', `${name}.js`],
    volumes: [stateDirectory],
  };
}

function listening(name: string, port: number): ComposeMapping {
  return {
    [names.port]: String(port),
    [names.host]: '0.0.0.0',
    [names.instanceId]: `${name}-1`,
    [names.stateFile]: `${stateDirectory}/${name}.json`,
    [names.registryToken]: secrets.registryToken,
  };
}

/** Every service and store with the port it listens on. */
function dnsSource({ services }: System, workspace: Workspace): string {
  const ports = new Map<string, number>([
    ...Object.entries(stores).map(([name, { port }]) => [name, port] as const),
    ...workspace.services.map(({ name, port }) => [name, port ?? servicePort] as const),
  ]);
  return services.map(({ name }) => `${name}:${ports.get(name) ?? servicePort}`).join(',');
}

/** As JSON with a line for each service, route and edge. */
function renderSystem(system: System): string {
  const entries = Object.entries<unknown>({ ...system }).map(([key, value]) => {
    if (!Array.isArray(value) || value.length === 0) return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const lines = value.map((item) => `    ${JSON.stringify(item)}`);
    return `  ${JSON.stringify(key)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}
