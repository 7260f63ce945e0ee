import { stacks, type StackId } from '../stacks.ts';

/** The jobs of a pipeline that can run on any machine, in their order. */
export const ciJobs = ['check', 'image', 'contract', 'system'] as const;
export type CiJob = (typeof ciJobs)[number];

/** POSIX shell in the folder of the task, or a command of msa in the folder of the workspace. */
export type CiStep = { readonly kind: 'shell'; readonly name: string; readonly run: string } | MsaStep;

export interface MsaStep {
  readonly kind: 'msa';
  readonly name: string;
  readonly command: MsaCommand;
  readonly args: readonly string[];
  /** By their long names. */
  readonly options: Readonly<Record<string, string>>;
}

export type MsaCommand = 'contract' | 'up' | 'smoke' | 'chaos kill' | 'down';

/** What of a job belongs together: it stops at the first step that fails. */
export interface CiTask {
  readonly job: CiJob;
  /** The service it is about; undefined: all that are affected. */
  readonly service: string | undefined;
  /** Relative to the workspace. */
  readonly folder: string;
  readonly steps: readonly CiStep[];
  /** Takes back what the steps did, whatever became of them; none when that is to stay. */
  readonly undo: CiStep | undefined;
}

export interface RunRequest {
  readonly workspace: string;
  readonly jobs: readonly CiJob[];
  readonly services: readonly RunService[];
  /** Names of those that run in the system test. */
  readonly system: readonly string[];
  /** Services of which one instance is killed. */
  readonly chaos: readonly string[];
  /** As it was given; undefined: since the branch left the default one. */
  readonly range: string | undefined;
  /** Leave images and the system. */
  readonly keep: boolean;
}

export interface RunService {
  readonly name: string;
  readonly path: string;
  readonly stack: StackId;
  readonly hasDockerfile: boolean;
}

/** What the pipeline would run for a change, as data. */
export function planRun(request: RunRequest): readonly CiTask[] {
  const plans: Readonly<Record<CiJob, () => readonly CiTask[]>> = {
    check: () => request.services.flatMap(checkTask),
    image: () => request.services.filter(({ hasDockerfile }) => hasDockerfile).map((each) => imageTask(each, request)),
    contract: () => contractTasks(request),
    system: () => systemTasks(request),
  };
  return ciJobs.filter((job) => request.jobs.includes(job)).flatMap((job) => plans[job]());
}

function checkTask({ name, path, stack }: RunService): readonly CiTask[] {
  const steps = stacks.find(({ id }) => id === stack)?.steps ?? [];
  if (steps.length === 0) return [];
  const commands = steps.map((step): CiStep => ({ kind: 'shell', name: step.name, run: step.run }));
  return [{ job: 'check', service: name, folder: path, steps: commands, undo: undefined }];
}

/** Names are DNS labels, so that nothing in a tag has to be quoted. */
function imageTask({ name, path }: RunService, { workspace, keep }: RunRequest): CiTask {
  const tag = `msa-ci/${workspace}-${name}`;
  const build = `docker buildx build --load --provenance=false --progress plain --tag ${tag} .`;
  return {
    job: 'image',
    service: name,
    folder: path,
    steps: [{ kind: 'shell', name: 'build', run: build }],
    undo: keep ? undefined : { kind: 'shell', name: 'remove', run: `docker image rm --force ${tag}` },
  };
}

function contractTasks({ services, range }: RunRequest): readonly CiTask[] {
  if (services.length === 0) return [];
  const step = msaStep('compare', 'contract', range === undefined ? [] : [range]);
  return [{ job: 'contract', service: undefined, folder: '.', steps: [step], undo: undefined }];
}

function systemTasks({ system, chaos, keep }: RunRequest): readonly CiTask[] {
  if (system.length === 0) return [];
  const killed = chaos.filter((service) => system.includes(service));
  const steps: readonly CiStep[] = [
    { ...msaStep('up', 'up', system), options: { timeout: '10m' } },
    msaStep('smoke', 'smoke', system),
    ...killed.map((service) => msaStep('chaos', 'chaos kill', [service])),
  ];
  const undo = keep ? undefined : msaStep('down', 'down', []);
  return [{ job: 'system', service: undefined, folder: '.', steps, undo }];
}

function msaStep(name: string, command: MsaCommand, args: readonly string[]): MsaStep {
  return { kind: 'msa', name, command, args, options: {} };
}

/** A step as one would type it. */
export function commandOf(step: CiStep): string {
  if (step.kind === 'shell') return step.run;
  const options = Object.entries(step.options).flatMap(([name, value]) => [`--${name}`, value]);
  return ['msa', step.command, ...step.args, ...options].join(' ');
}
