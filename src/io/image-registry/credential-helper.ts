import { spawn } from 'node:child_process';

import type { Credentials } from './credentials.ts';
import { memberOf, parseJson } from './loose-json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A keychain may ask its owner, who may be away. */
const timeoutMs = 30_000;
const maxOutput = 64 * 1024;

/**
 * Asks the program in which `docker login` keeps what it is given: a server's address goes in, and JSON comes out. Undefined
 * where it knows nothing, is not installed or gives no password.
 */
export async function askHelper(name: unknown, server: string, env: Env): Promise<Credentials | undefined> {
  // It becomes the name of a program, and shall be no path.
  if (typeof name !== 'string' || !/^\w[\w.-]*$/.test(name)) return undefined;
  const output = await runHelper(`docker-credential-${name}`, server, env);
  const answer = parseJson(output ?? '');
  const [user, password] = [memberOf(answer, 'Username'), memberOf(answer, 'Secret')];
  if (typeof user !== 'string' || typeof password !== 'string' || user === '' || password === '') return undefined;
  // Then the secret is a token for another way to log in, which is none for a name and a password.
  return user === '<token>' ? undefined : { user, password };
}

function runHelper(program: string, server: string, env: Env): Promise<string | undefined> {
  const child = spawn(program, ['get'], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output.length < maxOutput) output += text;
  });
  // One that is gone before it has read the name gives no answer, which is told by how it ends.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${server}\n`);
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? output : undefined));
  });
}
