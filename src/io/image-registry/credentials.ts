import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Who msa is to a registry, as `docker login` has written it down. Never printed. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The credentials for a registry in Docker's own file; undefined where there are none that could be read. */
export async function readCredentials(registry: string, env: Env): Promise<Credentials | undefined> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}');
  const auths = memberOf(parseJson(text), 'auths');
  for (const name of namesOf(registry)) {
    const entry = memberOf(auths, name);
    const found = decode(memberOf(entry, 'auth')) ?? pairOf(memberOf(entry, 'username'), memberOf(entry, 'password'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Docker Hub is written down under an address of old. */
function namesOf(registry: string): readonly string[] {
  if (registry === 'registry-1.docker.io')
    return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', registry];
  return [registry, `https://${registry}`, `http://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`];
}

function decode(auth: unknown): Credentials | undefined {
  if (typeof auth !== 'string' || auth === '') return undefined;
  const [, user, password] =
    /^([^:]+):(.*)$/s.exec(Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '')) ?? [];
  return pairOf(user, password);
}

function pairOf(user: unknown, password: unknown): Credentials | undefined {
  if (typeof user !== 'string' || typeof password !== 'string') return undefined;
  return user === '' || password === '' ? undefined : { user, password };
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
