import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { askHelper } from './credential-helper.ts';
import { memberOf, parseJson } from './loose-json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who msa is to a registry, as `docker login` has written it down. Never printed. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The credentials for a registry from Docker's own file, or from the helper it names; undefined where there are none. */
export async function readCredentials(registry: string, env: Env): Promise<Credentials | undefined> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const file = parseJson(await readFile(join(folder, 'config.json'), 'utf8').catch(() => ''));
  const [auths, helpers] = [memberOf(file, 'auths'), memberOf(file, 'credHelpers')];
  const names = namesOf(registry);
  const written = names.filter((name) => [auths, helpers].some((each) => memberOf(each, name) !== undefined));
  // A keychain may ask its owner each time, so it is asked for names that stand in the file, or for the usual one.
  for (const name of written.length > 0 ? written : names.slice(0, 1)) {
    const entry = memberOf(auths, name);
    const found = decode(memberOf(entry, 'auth')) ?? pairOf(memberOf(entry, 'username'), memberOf(entry, 'password'));
    const helper = memberOf(helpers, name) ?? memberOf(file, 'credsStore');
    const credentials = found ?? (await askHelper(helper, name, env));
    if (credentials !== undefined) return credentials;
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
