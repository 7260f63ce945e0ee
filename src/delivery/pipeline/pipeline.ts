import type { Environment, PipelineProvider } from '../../model/delivery.ts';
import type { Workspace } from '../../model/workspace.ts';
import { pinnedActions, pinnedImage } from '../pins/pins.ts';
import { stacks, type Stack, type StackId, type Stacks } from '../stacks.ts';
import { pipelineSteps, type PipelineSteps } from './steps.ts';

/** What the templates of all pipelines are filled with. The same facts for each, whatever system runs it. */
export interface Pipeline {
  readonly workspace: { readonly name: string };
  readonly branch: string;
  readonly schedule: string | undefined;
  readonly registry: PipelineRegistry | undefined;
  /** Kinds of services the workspace has, beside those of which only the image is built. */
  readonly stacks: readonly Stack[];
  /** The image that those of Node.js have in common; undefined where there are none. */
  readonly nodeImage: string | undefined;
  /** All services with a folder, for tools that want lists of folders. */
  readonly services: readonly PipelineService[];
  /** What update tools look after: folders with `/` in front, by what is in them. */
  readonly updates: readonly UpdatedFolders[];
  readonly chaos: readonly string[];
  readonly environments: readonly PipelineEnvironment[];
  /** Which of the scripts we bring an environment names. */
  readonly hooks: { readonly deploys: boolean; readonly analyses: boolean };
  readonly steps: PipelineSteps;
  /** What stands behind `uses:`, by the name of the action without its owner. */
  readonly uses: Readonly<Record<string, string>>;
  readonly images: Readonly<Record<string, string>>;
}

interface PipelineRegistry {
  /** With its path: `ghcr.io/acme/shop`. */
  readonly path: string;
  /** Where one logs in: `ghcr.io`. */
  readonly host: string;
  /** GitHub's own, to which its workflows log in by themselves. */
  readonly isGithub: boolean;
}

interface PipelineService {
  readonly name: string;
  readonly path: string;
  readonly stack: StackId;
}

interface UpdatedFolders {
  readonly ecosystem: string;
  readonly directories: readonly string[];
}

type PipelineEnvironment = Pick<Environment, 'name' | 'url' | 'strategy' | 'approval'> & {
  /** The environment a release has to pass before. */
  readonly before: string | undefined;
  /** Its hook is the one we bring, which has to be told a host and a key. */
  readonly isOverSsh: boolean;
};

const sshHook = 'deploy/compose.sh';
const analysisHook = 'deploy/analyse.sh';

/** Decides what the pipelines of a workspace consist of. */
export function describePipeline(workspace: Workspace, kinds: Stacks): Pipeline {
  const { delivery } = workspace;
  const services = workspace.services.flatMap(({ name, source }): PipelineService[] =>
    source.kind === 'folder' ? [{ name, path: source.path, stack: kinds.of(name) }] : [],
  );
  const environments = delivery?.environments ?? [];
  const present = stacks.filter(({ id, steps }) => kinds.all.has(id) && steps.length > 0);
  return {
    workspace: { name: workspace.name },
    branch: delivery?.branch ?? 'main',
    schedule: delivery?.schedule,
    registry: delivery?.registry === undefined ? undefined : describeRegistry(delivery.registry),
    stacks: present,
    nodeImage: present.find(({ isNode }) => isNode)?.image,
    services,
    updates: describeUpdates(services),
    chaos: delivery?.chaos ?? [],
    environments: environments.map(({ name, url, strategy, approval, deploy }, index, all) => ({
      name,
      url,
      strategy,
      approval,
      before: all[index - 1]?.name,
      isOverSsh: deploy.includes(sshHook),
    })),
    hooks: {
      deploys: environments.some(({ deploy }) => deploy.includes(sshHook)),
      analyses: environments.some(({ analyse = [] }) => analyse.includes(analysisHook)),
    },
    steps: pipelineSteps(delivery?.chaos ?? []),
    uses: pinnedActions(),
    images: { node: pinnedImage('node'), docker: pinnedImage('docker') },
  };
}

/** The layers of templates that make up the pipeline of a system. */
export function pipelineLayers(provider: PipelineProvider): readonly string[] {
  const updates = provider === 'github' ? [] : ['workflow/renovate'];
  return [`workflow/${provider}`, 'workflow/common', ...updates];
}

const ecosystems: Readonly<Record<StackId, string | undefined>> = {
  node: 'npm',
  pnpm: 'npm',
  yarn: 'npm',
  uv: 'uv',
  pip: 'pip',
  go: 'gomod',
  maven: 'maven',
  gradle: 'gradle',
  docker: undefined,
};

/** msa itself is one of the packages, in the folder of the workspace; images are those of the services. */
function describeUpdates(services: readonly PipelineService[]): readonly UpdatedFolders[] {
  const folders = new Map<string, string[]>([['npm', ['/']]]);
  for (const { path, stack } of services) {
    const folder = path === '.' ? '/' : `/${path}`;
    for (const ecosystem of [ecosystems[stack] ?? [], 'docker'].flat()) {
      const listed = folders.get(ecosystem) ?? [];
      if (!listed.includes(folder)) folders.set(ecosystem, [...listed, folder]);
    }
  }
  return Array.from(folders, ([ecosystem, directories]) => ({ ecosystem, directories }));
}

function describeRegistry(path: string): PipelineRegistry {
  const [host = ''] = path.split('/');
  return { path, host, isGithub: host === 'ghcr.io' };
}
