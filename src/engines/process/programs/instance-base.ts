import { delimiter, dirname, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What instances get of the environment msa was called in: who and where the user is, which language, and where tools of
 * other languages keep theirs. Nothing else: a service must not work here because of a variable that only this shell has.
 */
const passedOn: readonly string[] = [
  'HOME',
  'LANG',
  'LANGUAGE',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TZ',
  'USER',
  'CARGO_HOME',
  'DOTNET_ROOT',
  'GOPATH',
  'GOROOT',
  'JAVA_HOME',
  'NODE_EXTRA_CA_CERTS',
  'PYENV_ROOT',
  'RBENV_ROOT',
  'RUSTUP_HOME',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'VIRTUAL_ENV',
];

/** The variables every program starts with, before its own. */
export function baseEnvironment(env: Env, directory?: string): Readonly<Record<string, string>> {
  const names = [...passedOn, ...Object.keys(env).filter((name) => name.startsWith('LC_'))];
  const kept = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), PATH: searchPath(env, directory) };
}

/** A folder's own tools come first, as npm has it; node is found even where msa was called by its path. */
export function searchPath(env: Env, directory: string | undefined): string {
  const own = directory === undefined ? [] : [join(directory, 'node_modules', '.bin')];
  return [...own, env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', dirname(process.execPath)].join(delimiter);
}
