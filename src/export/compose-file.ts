import type { Service, Workspace } from '../model/workspace.ts';
import { gatewayPort } from '../plan/containers.ts';
import { describeRouting } from '../plan/describe-routing.ts';
import type { Facts } from '../plan/facts.ts';
import { publicHost, schemeOf } from '../plan/public-host.ts';
import { storesOf } from '../plan/stores.ts';
import type { Sha256 } from '../plan/unit-hash.ts';
import type { SystemFilter } from '../protocol/policies/filters.ts';
import { certificateFiles } from './certificate.ts';
import { renderDocument } from './compose-document.ts';
import { literal } from './compose-value.ts';
import type { DescribedService } from './described-service.ts';
import type { ImageFacts } from './dockerfile.ts';
import { composeLocations } from './locations.ts';
import { planNetworks } from './networks.ts';
import { describeGateway, describeRegistry } from './platform-services.ts';
import { describeStores } from './store-services.ts';
import { templatesTaken } from './templates.ts';
import { describeWorkspaceService } from './workspace-service.ts';

/** The name by which Compose finds it. */
export const defaultComposeFile = 'compose.yaml';

/** How Docker Compose is called beside a file of that name. */
export function composeCommand(composeFile: string): string {
  return composeFile === defaultComposeFile ? 'docker compose' : `docker compose -f ${composeFile}`;
}

/** Everything a Compose file follows from. */
export interface ComposeSource {
  readonly workspace: Workspace;
  /** Its own name. */
  readonly composeFile: string;
  /** How the folder of the Compose file reaches the workspace's: `..`. */
  readonly toWorkspace: string;
  /** By service. */
  readonly images: ReadonlyMap<string, ImageFacts>;
  /** The variables that env files set, by service. */
  readonly envFiles: ReadonlyMap<string, ReadonlySet<string>>;
  /** The filters of the gateway, compiled. */
  readonly filters: readonly SystemFilter[];
  readonly version: string;
  readonly sha256: Sha256;
}

/** The Compose file of a workspace. */
export function renderComposeFile(source: ComposeSource): string {
  const { workspace } = source;
  const networks = planNetworks(workspace);
  const facts = factsOf(source);
  const described = [
    describeRegistry(describeRouting(facts), workspace),
    describeGateway(facts.locations, workspace),
    ...describeStores(workspace),
    ...facts.workspace.services.map((service) => describeWorkspaceService(service, { ...source, facts })),
  ];
  const sections = templatesTaken(described.map(({ value }) => value));
  const volumes = storesOf(workspace);
  return renderDocument({
    intro: introOf(source),
    value: {
      name: workspace.name,
      ...Object.fromEntries(sections.map(({ name, value }) => [name, value])),
      services: Object.fromEntries(
        described.map(({ name, value }) => [name, { ...value, networks: networks.of(name) }] as const),
      ),
      networks: networks.declared,
      secrets: certificateFiles(workspace, source.toWorkspace),
      volumes: volumes.length === 0 ? undefined : Object.fromEntries(volumes.map((store) => [store, {}])),
    },
    comments: new Map([
      ...sections.map(({ name, comment }) => [name, comment] as const),
      ...described.flatMap(commentsOf),
    ]),
  });
}

/** As `msa up` has them, with texts of the user in which Compose replaces nothing. */
function factsOf({ workspace, filters, sha256 }: ComposeSource): Facts {
  return {
    workspace: { ...workspace, services: workspace.services.map(withLiteralEnv) },
    // The identity that copies of a workspace have apart would make their files differ.
    place: { workspace: workspace.name, name: workspace.name, root: '' },
    locations: composeLocations(workspace),
    contents: new Map(),
    envFiles: new Map(),
    filters,
    platformVersion: '',
    sha256,
    replicas: new Map(),
    except: new Set(),
  };
}

function withLiteralEnv(service: Service): Service {
  const env = Object.entries(service.env).map(([name, value]) => [name, literal(value)] as const);
  return { ...service, env: Object.fromEntries(env) };
}

function commentsOf({
  name,
  comment,
  remarks = {},
}: DescribedService): readonly (readonly [string, readonly string[]])[] {
  const inside = Object.entries(remarks).map(([path, lines]) => [`services ${name} ${path}`, lines] as const);
  return [[`services ${name}`, comment], ...inside];
}

function introOf({ workspace, composeFile, version }: ComposeSource): readonly string[] {
  const { port, bind, tls } = workspace.gateway;
  const compose = composeCommand(composeFile);
  const first = workspace.services[0]?.name;
  return [
    `The system ${workspace.name} as \`msa up\` runs it, for machines without msa.`,
    `Written by \`msa export compose\` of msa ${version}; export again after msa.yaml has changed.`,
    '',
    ...inColumns([
      [`${compose} up -d --wait --build`, 'start it, and return when it can be used'],
      [
        `curl ${schemeOf(tls !== undefined)}://${publicHost(bind)}:${port === 'auto' ? gatewayPort : port}/`,
        'what it offers',
      ],
      ...(first === undefined ? [] : [[`${compose} up -d --scale ${first}=3`, 'another number of instances'] as const]),
      [`${compose} down`, 'stop it; with --volumes what it has stored goes too'],
    ]),
    '',
    'GATEWAY_PORT and REGISTRY_PORT move what is published, in .env or in the environment.',
  ];
}

function inColumns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}   ${right}`);
}
