import { execFile } from 'node:child_process';
import { access, constants, readFile, realpath, statfs } from 'node:fs/promises';
import { dirname, delimiter, join } from 'node:path';

import { probePort, type PortFacts } from './port-probe.ts';

/** What to look at. */
export interface SystemQuestion {
  /** Whose disk is asked for its space. */
  readonly directory: string;
  readonly ports: readonly number[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What was found; nothing here is judged. A version is undefined when the program is not there or does not answer. */
export interface SystemFacts {
  readonly node: string;
  readonly npm: string | undefined;
  readonly git: string | undefined;
  readonly docker: DockerFacts;
  /** The first of redis-server and valkey-server on PATH, as it names itself. */
  readonly redis: string | undefined;
  readonly postgres: string | undefined;
  readonly ports: readonly PortFacts[];
  readonly freeBytes: number | undefined;
}

export type DockerFacts =
  | { readonly kind: 'absent' }
  /** The program is there and its engine is not; `reason` is its own last sentence. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'silent'; readonly afterMs: number }
  | {
      readonly kind: 'running';
      readonly version: string;
      readonly compose: string | undefined;
      readonly buildx: string | undefined;
    };

/** So that the whole probe stays below two seconds even when something hangs. */
const timeoutMs = 1500;

/** Looks at the machine, at everything at once and at nothing longer than the timeout. Never throws. */
export async function probeSystem({ directory, ports, env }: SystemQuestion): Promise<SystemFacts> {
  const run = (command: string, ...args: readonly string[]): Promise<Outcome> => runProgram(command, args, env);
  const [npm, git, docker, redis, valkey, postgres, portFacts, freeBytes] = await Promise.all([
    findNpm(env),
    run('git', '--version'),
    probeDocker(run),
    run('redis-server', '--version'),
    run('valkey-server', '--version'),
    run('postgres', '--version'),
    Promise.all(ports.map((port) => probePort(port, timeoutMs))),
    readFreeBytes(directory),
  ]);
  return {
    node: process.versions.node,
    npm,
    git: versionIn(git),
    docker,
    redis: nameWithVersion('redis-server', redis) ?? nameWithVersion('valkey-server', valkey),
    postgres: versionIn(postgres),
    ports: portFacts,
    freeBytes,
  };
}

type Outcome =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly output: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent' };

async function probeDocker(
  run: (command: string, ...args: readonly string[]) => Promise<Outcome>,
): Promise<DockerFacts> {
  // The client finds the engine as every docker command does: DOCKER_HOST, contexts, rootless and remote ones.
  const [version, compose, buildx] = await Promise.all([
    run('docker', 'version', '--format', '{{.Server.Version}}'),
    run('docker', 'compose', 'version', '--short'),
    run('docker', 'buildx', 'version'),
  ]);
  if (version.kind === 'absent') return { kind: 'absent' };
  if (version.kind === 'silent') return { kind: 'silent', afterMs: timeoutMs };
  if (version.kind === 'failed') return { kind: 'unreachable', reason: lastLine(version.output) };
  return { kind: 'running', version: version.output, compose: versionIn(compose), buildx: versionIn(buildx) };
}

function runProgram(command: string, args: readonly string[], env: SystemQuestion['env']): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: timeoutMs, killSignal: 'SIGKILL', env }, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'done', output: stdout.trim() });
      else if (error.code === 'ENOENT') resolve({ kind: 'absent' });
      else if (error.killed === true) resolve({ kind: 'silent' });
      else resolve({ kind: 'failed', output: stderr.trim() === '' ? error.message : stderr.trim() });
    });
  });
}

/** npm takes longer to start than everything else here together, so it is not asked: its manifest is read. */
async function findNpm(env: SystemQuestion['env']): Promise<string | undefined> {
  for (const directory of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    const program = await findProgram(join(directory, process.platform === 'win32' ? 'npm.cmd' : 'npm'));
    if (program === undefined) continue;
    const manifests = ['../package.json', 'node_modules/npm/package.json', '../lib/node_modules/npm/package.json'];
    const versions = await Promise.all(manifests.map((manifest) => readNpmVersion(join(dirname(program), manifest))));
    return versions.find((version) => version !== undefined) ?? 'of unknown version';
  }
  return undefined;
}

async function findProgram(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}

async function readNpmVersion(manifest: string): Promise<string | undefined> {
  try {
    const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(await readFile(manifest, 'utf8'));
    return name === 'npm' && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

async function readFreeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function nameWithVersion(name: string, outcome: Outcome): string | undefined {
  const version = versionIn(outcome);
  return version === undefined ? undefined : `${name} ${version}`;
}

/** A program that does not answer in time is there all the same: the machine is busy. */
function versionIn(outcome: Outcome): string | undefined {
  if (outcome.kind === 'silent') return 'of unknown version';
  return outcome.kind === 'done' ? (/\d+(?:\.\d+)+/.exec(outcome.output)?.[0] ?? outcome.output) : undefined;
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? text;
}
