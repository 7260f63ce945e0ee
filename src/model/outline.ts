import { serviceNameProblem } from '../protocol/names.ts';
import { normalizeWorkspacePath, workspacePathProblem } from './schema/workspace-path.ts';
import type { Service, Workspace } from './workspace.ts';
import { asMapping, type Mapping } from './yaml/mapping.ts';
import { readPlain } from './yaml/read-plain.ts';

/** Whose files are whose, and who calls whom: what is asked of large workspaces most often. Every workspace is one. */
export interface Outline {
  readonly services: readonly Pick<Service, 'name' | 'source' | 'calls' | 'envFile'>[];
  readonly gateway: Pick<Workspace['gateway'], 'keysFile' | 'tls'>;
}

/**
 * The outline of a valid `msa.yaml` that is written plainly, without a look at its other keys: in a twentieth of the time
 * of parseWorkspace, and always the same. Undefined says nothing of the file; parseWorkspace does.
 */
export function readOutline(text: string): Outline | undefined {
  const root = asMapping(readPlain(text)?.value);
  const gateway = readGateway(root?.['gateway']);
  const written = asMapping(root?.['services'] ?? {});
  if (root === undefined || written === undefined || gateway === undefined) return undefined;
  const services = Object.entries(written).map(([name, entry]) => readService(name, asMapping(entry)));
  if (!areAll(services)) return undefined;
  return fitTogether(services) ? { services, gateway } : undefined;
}

type OutlinedService = Outline['services'][number];

function areAll(services: readonly (OutlinedService | undefined)[]): services is readonly OutlinedService[] {
  return !services.includes(undefined);
}

function readService(name: string, entry: Mapping | undefined): OutlinedService | undefined {
  const source = readSource(entry);
  const calls = readCalls(entry?.['calls']);
  const envFile = readPath(entry?.['envFile']);
  if (serviceNameProblem(name) !== undefined || source === undefined || calls === undefined) return undefined;
  return envFile === false ? undefined : { name, source, calls, envFile };
}

function readSource(entry: Mapping | undefined): Service['source'] | undefined {
  const path = readPath(entry?.['path']);
  const image = entry?.['image'];
  if (path !== undefined && path !== false && image === undefined) return { kind: 'folder', path };
  return path === undefined && typeof image === 'string' ? { kind: 'image', image } : undefined;
}

function readCalls(calls: unknown): readonly string[] | undefined {
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) return undefined;
  const names = calls.map((call: unknown) => asMapping(call)?.['service'] ?? call);
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/** False for what is no path. */
function readPath(path: unknown): string | undefined | false {
  if (path === undefined) return undefined;
  return typeof path === 'string' && workspacePathProblem(path) === undefined && normalizeWorkspacePath(path);
}

/** Files of its own are rare, so that one with them is left to the full reading, but for that of its keys. */
function readGateway(value: unknown): Outline['gateway'] | undefined {
  if (value === undefined || value === null) return { keysFile: undefined, tls: undefined };
  const gateway = asMapping(value);
  const auth = gateway?.['auth'] ?? undefined;
  const keysFile = readPath(asMapping(auth)?.['keysFile']);
  const isUsual = gateway !== undefined && gateway['tls'] === undefined && keysFile !== false;
  return isUsual && (auth === undefined || asMapping(auth) !== undefined) ? { keysFile, tls: undefined } : undefined;
}

/** Each has a folder of its own, and calls others of them, each once. */
function fitTogether(services: readonly OutlinedService[]): boolean {
  const names = new Set(services.map(({ name }) => name));
  const folders = services.flatMap(({ source }) => (source.kind === 'folder' ? [source.path] : []));
  const callsFit = services.every(
    ({ name, calls }) =>
      new Set(calls).size === calls.length && calls.every((callee) => callee !== name && names.has(callee)),
  );
  return callsFit && new Set(folders).size === folders.length;
}
