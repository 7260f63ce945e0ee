import type { Outline } from '../../model/outline.ts';

/** What a file of the repository belongs to. */
export type Place =
  | { readonly kind: 'services'; readonly names: readonly string[] }
  | { readonly kind: 'gateway' | 'workspace-file' | 'shared' | 'nothing' };

/** Makes a function that says of a path, relative to the workspace, what it belongs to; `..` leads out of it. */
export function createPlaces(now: Outline, before: Outline): (path: string) => Place {
  const folders = foldersOf(now);
  const former = foldersOf(before);
  const names = new Set(now.services.map(({ name }) => name));
  const gatewayFiles = gatewayFilesOf(now);
  return (path) => {
    if (path === 'msa.yaml') return { kind: 'workspace-file' };
    if (path.startsWith('../')) return { kind: isPipeline.test(path) ? 'shared' : 'nothing' };
    if (path.startsWith('.msa/')) return recordPlace(path, names);
    const owners = ownersOf(path, folders);
    if (owners.length > 0) return { kind: 'services', names: owners };
    if (ownersOf(path, former).length > 0) return { kind: 'nothing' };
    if (path.startsWith('gateway/') || gatewayFiles.has(path)) return { kind: 'gateway' };
    return { kind: isHarmless.test(path) ? 'nothing' : 'shared' };
  };
}

/** Pipelines stand where the system that runs them looks: at the root of the repository, not of the workspace. */
const isPipeline =
  /^(?:\.\.\/)+(?:\.github\/workflows\/|\.github\/actions\/|\.gitlab\/|\.gitlab-ci\.yml$|Jenkinsfile$)/;

/** Of what belongs to no service, this is read by people, their editors, and those who look after changes. */
const isHarmless =
  /^(?:docs|\.vscode|\.idea|\.github(?!\/workflows\/|\/actions\/))\/|(?:^|\/)(?:[^/]+\.(?:md|markdown)|LICEN[CS]E(?:\.\w+)?|\.gitignore|\.editorconfig|CODEOWNERS|renovate\.json)$/i;

/** `.msa/base/<service>/` is what was generated of it last. */
function recordPlace(path: string, names: ReadonlySet<string>): Place {
  const unit = /^\.msa\/base\/([^/]+)\//.exec(path)?.[1] ?? '';
  return names.has(unit) ? { kind: 'services', names: [unit] } : { kind: 'nothing' };
}

/** Which services have a folder, or a file of variables, of that path. */
type Folders = ReadonlyMap<string, readonly string[]>;

function foldersOf({ services }: Outline): Folders {
  const folders = new Map<string, string[]>();
  for (const { name, source, envFile } of services) {
    const own = [...(source.kind === 'folder' ? [source.path] : []), ...(envFile === undefined ? [] : [envFile])];
    for (const path of own) folders.set(path, [...(folders.get(path) ?? []), name]);
  }
  return folders;
}

/** Asks for each folder a path lies in, so that the number of services does not matter. */
function ownersOf(path: string, folders: Folders): readonly string[] {
  const owners = new Set(folders.get('.'));
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    for (const name of folders.get(path.slice(0, end)) ?? []) owners.add(name);
  }
  // The path itself: a file of variables, or a folder that is a repository of its own.
  for (const name of folders.get(path) ?? []) owners.add(name);
  return [...owners];
}

function gatewayFilesOf({ gateway: { keysFile, tls } }: Outline): ReadonlySet<string> {
  const files = tls?.kind === 'files' ? [tls.cert, tls.key] : [];
  return new Set(keysFile === undefined ? files : [...files, keysFile]);
}
