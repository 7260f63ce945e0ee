import { MsaError } from '../../model/errors.ts';
import type { Service } from '../../model/workspace.ts';
import { describeSystem } from '../../plan/describe-system.ts';
import type { Desired } from '../../plan/desired.ts';
import type { Plan } from '../../plan/operation.ts';
import { planUp } from '../../plan/plan-up.ts';
import type { Engine, Locations, Place } from '../../ports/engine.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { compileFilters } from '../filters/compile-filters.ts';
import { joinPath } from '../paths.ts';
import { gatewayCertificate } from './gateway-certificate.ts';
import { gatewayPortOf } from './gateway-port.ts';
import { hearRegistry } from './hear-registry.ts';
import { readEnvFiles } from './read-env-files.ts';
import type { Subject } from './subject.ts';
import type { SystemDeps } from './system-deps.ts';

/** What is wanted beside what msa.yaml says. */
export interface Wishes {
  readonly selected: ReadonlySet<string> | undefined;
  readonly except: ReadonlySet<string>;
  readonly replicas: ReadonlyMap<string, number>;
  readonly restart: ReadonlySet<string>;
  readonly rebuild: boolean;
  /** Undefined: where it is, or what msa.yaml says. */
  readonly gatewayPort: number | 'auto' | undefined;
  /** Nothing at all may be changed, not even files that are only prepared. */
  readonly isDry?: boolean;
}

export interface PreparedUp {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly locations: Locations;
  /** What the registry said before anything was done; undefined when it did not answer. */
  readonly before: WatchState | undefined;
  /** Where it answered then. */
  readonly registryUrl: string | undefined;
}

/** Gathers what the plan follows from, and plans. Changes nothing. */
export async function prepareUp(deps: SystemDeps, subject: Subject, wishes: Wishes): Promise<PreparedUp> {
  const { files, sha256, platformVersion, signal } = deps;
  const { engine, observation, opened, place } = subject;
  const { workspace, root } = opened;
  const { except, replicas, selected } = wishes;
  if (workspace.isolation === 'strict') throw strictIsolation();
  const isWanted = ({ name }: Service): boolean => !except.has(name) && selected?.has(name) !== false;
  const wanted = workspace.services.filter((service) => isWanted(service));
  const control = engine.control();
  const hearing = control.then((answering) => answering && hearRegistry(answering, signal));
  const [locations, contents, envFiles, filters, certificate, before, registry] = await Promise.all([
    hearing.then((heard) => locate(subject, wishes.gatewayPort ?? keptPort(subject, heard))),
    hashFolders(engine, place, wanted),
    readEnvFiles(files, root, wanted),
    compileFilters(deps, opened),
    gatewayCertificate(deps, subject, { write: wishes.isDry !== true }),
    hearing,
    control,
  ]);
  signal.throwIfAborted();
  const desired = describeSystem({
    workspace,
    place,
    locations,
    contents,
    envFiles,
    filters,
    platformVersion,
    sha256,
    certificate,
    replicas,
    except,
  });
  const plan = planUp({
    desired,
    observation,
    table: before?.instances,
    selected,
    except,
    restart: wishes.restart,
    rebuild: wishes.rebuild,
    artefactKey: (unit) => engine.artefactKey(unit),
  });
  return { desired, plan, locations, before, registryUrl: registry?.url };
}

/** A port that a flag chose holds until `down`, unless msa.yaml says something else than it did. */
function keptPort({ observation, opened: { workspace } }: Subject, heard: WatchState | undefined): number | 'auto' {
  const declared = workspace.gateway.port;
  const isUnchanged = heard?.system?.declaredPort === declared;
  return (isUnchanged ? gatewayPortOf(observation) : undefined) ?? declared;
}

function locate({ engine, opened: { workspace } }: Subject, gatewayPort: number | 'auto'): Promise<Locations> {
  const { services, gateway } = workspace;
  return engine.locate({
    gatewayPort,
    gatewayBind: gateway.bind,
    gatewaySecure: gateway.tls !== undefined,
    edges: services.flatMap(({ name, calls }) => calls.map((callee) => ({ caller: name, callee }))),
    databases: services.filter(({ store }) => store === 'postgres').map(({ name }) => name),
  });
}

/** Hashes of the folders, by service. Every folder that cannot be run is told at once. */
async function hashFolders(
  engine: Engine,
  place: Place,
  services: readonly Service[],
): Promise<ReadonlyMap<string, string>> {
  const failures: MsaError[] = [];
  const hashes = await Promise.all(
    services.map(async ({ name, source, command, prepare }): Promise<readonly [string, string][]> => {
      if (source.kind === 'image') return [];
      const directory = joinPath(place.root, source.path);
      try {
        return [[name, await engine.contentOf({ service: name, directory, command, prepare })]];
      } catch (error) {
        if (!(error instanceof MsaError)) throw error;
        failures.push(error);
        return [];
      }
    }),
  );
  const [first, ...others] = failures;
  if (first === undefined) return new Map(hashes.flat());
  if (others.length === 0) throw first;
  throw new MsaError(first.code, `${failures.length} services cannot be run`, {
    details: failures.flatMap(({ message, hint }) => [message, ...(hint === undefined ? [] : [`  ${hint}`])]),
  });
}

function strictIsolation(): MsaError {
  return new MsaError('MSA_USAGE', 'msa cannot give each service a network of its own yet (isolation: strict)', {
    hint: 'Write `isolation: open` into msa.yaml, or leave it out.',
  });
}
