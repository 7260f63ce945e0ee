import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

const sshd = '/usr/sbin/sshd';

/** Whether an OpenSSH server is installed. Where Docker is required, so is this. */
export const hasSshServer = ((): boolean => {
  if (existsSync(sshd)) return true;
  if (process.env['MSA_REQUIRE_DOCKER'] === '1') throw new Error(`MSA_REQUIRE_DOCKER is set and there is no ${sshd}`);
  process.stderr.write('Tests with SSH are skipped: apt-get install openssh-server\n');
  return false;
})();

export interface SshServer extends AsyncDisposable {
  /** `user@127.0.0.1:port` */
  readonly login: string;
  /** What a client has to know of it. */
  readonly knownHosts: string;
  /** The file with the one key that is let in. */
  readonly keyFile: string;
  readonly key: string;
}

/** An SSH server on a free port of this machine for this user and one key; everything of it lies in a folder. */
export async function startSshServer(folder: string): Promise<SshServer> {
  await mkdir(folder, { recursive: true });
  // Where the user is root it separates privileges, and wants this folder.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const port = await freePort();
  const at = (name: string): string => join(folder, name);
  for (const name of ['host', 'client']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  }
  await writeFile(at('authorized_keys'), await readFile(at('client.pub'), 'utf8'));
  await chmod(at('authorized_keys'), 0o600);
  await writeFile(at('config'), config(port, folder));
  const child = spawn(sshd, ['-D', '-e', '-f', at('config')], { stdio: 'ignore' });
  await waitUntil('the SSH server listens', () => canConnect(port));
  const [type = '', key = ''] = (await readFile(at('host.pub'), 'utf8')).split(' ');
  return {
    login: `${userInfo().username}@127.0.0.1:${port}`,
    knownHosts: `[127.0.0.1]:${port} ${type} ${key}`,
    keyFile: at('client'),
    key: await readFile(at('client'), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

function config(port: number, folder: string): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'LogLevel ERROR',
    '',
  ].join('\n');
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const end = (result: boolean) => (): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
