import type { CiJob, CiTask, RunService } from '../../../delivery/ci/plan-run.ts';
import { planRun } from '../../../delivery/ci/plan-run.ts';
import { calleesFirst } from '../../../delivery/affected/callees-first.ts';
import { withCallees } from '../../../delivery/affected/conclude-affected.ts';
import { findService } from '../../find-service.ts';
import { openWorkspace, type OpenWorkspace } from '../../open-workspace.ts';
import { joinRelative } from '../../paths.ts';
import { findAffected, type AffectedDeps } from '../affected/find-affected.ts';
import { findStacks } from '../range/find-stacks.ts';
import { versionOnDisk } from '../range/workspace-at.ts';

export interface PrepareRequest {
  readonly jobs: readonly CiJob[];
  /** Empty: those that the range touches. */
  readonly services: readonly string[];
  readonly range: string | undefined;
  readonly all: boolean;
  readonly keep: boolean;
}

export interface PreparedRun {
  readonly opened: OpenWorkspace;
  readonly tasks: readonly CiTask[];
}

/** Finds what the pipeline would run on what stands on disk. */
export async function prepareRun(deps: AffectedDeps, request: PrepareRequest): Promise<PreparedRun> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const { workspace, root } = opened;
  const chosen = await chooseServices(deps, opened, request);
  const version = versionOnDisk(deps.files, root);
  const folders = workspace.services.flatMap(({ name, source }) =>
    source.kind === 'folder' && chosen.services.has(name) ? [{ name, path: source.path }] : [],
  );
  const stacks = await findStacks(version, folders);
  const present = new Set(await version.list(folders.map(({ path }) => path)));
  const services = calleesFirst(workspace.services).flatMap(({ name }): RunService[] => {
    const folder = folders.find((each) => each.name === name);
    if (folder === undefined) return [];
    const hasDockerfile = present.has(joinRelative(folder.path, 'Dockerfile'));
    return [{ ...folder, stack: stacks.of(name), hasDockerfile }];
  });
  const { jobs, range, keep } = request;
  const chaos = workspace.delivery?.chaos ?? [];
  const { system } = chosen;
  return { opened, tasks: planRun({ workspace: workspace.name, jobs, services, system, chaos, range, keep }) };
}

interface Chosen {
  readonly services: ReadonlySet<string>;
  readonly system: readonly string[];
}

async function chooseServices(
  deps: AffectedDeps,
  opened: OpenWorkspace,
  { services, range, all }: PrepareRequest,
): Promise<Chosen> {
  if (services.length === 0) {
    const { affected } = await findAffected(deps, { range, all });
    return { services: new Set(affected.services.map(({ name }) => name)), system: affected.system };
  }
  const named = services.map((name) => findService(opened, name).name);
  const running = withCallees(opened.workspace, named);
  const order = calleesFirst(opened.workspace.services);
  return { services: new Set(named), system: order.map(({ name }) => name).filter((name) => running.has(name)) };
}
