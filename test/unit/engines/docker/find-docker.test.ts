import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { findDocker, isLocal } from '../../../../src/engines/docker/daemon/find-docker.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function homeWith(contexts: Readonly<Record<string, string>>, currentContext?: string) {
  const home = await tempDir();
  const config = join(home.path, '.docker');
  await mkdir(config);
  await writeFile(join(config, 'config.json'), JSON.stringify({ currentContext }));
  for (const [name, host] of Object.entries(contexts)) {
    const folder = join(config, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  }
  return home;
}

describe('DOCKER_HOST', () => {
  test.each([
    ['unix:///run/other.sock', { kind: 'socket', path: '/run/other.sock' }, true],
    ['tcp://build-host:2375', { kind: 'tcp', host: 'build-host', port: 2375, tls: undefined }, false],
    ['tcp://127.0.0.1:4243', { kind: 'tcp', host: '127.0.0.1', port: 4243, tls: undefined }, true],
    ['build-host:2375', { kind: 'tcp', host: 'build-host', port: 2375, tls: undefined }, false],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375, tls: undefined }, true],
    ['ssh://me@build-host', { kind: 'ssh', host: 'build-host', port: 22, username: 'me' }, false],
    ['ssh://me@build-host:2222', { kind: 'ssh', host: 'build-host', port: 2222, username: 'me' }, false],
  ])('%s', (DOCKER_HOST, connection, local) => {
    const host = findDocker({ DOCKER_HOST });
    expect(host.connection).toEqual(connection);
    expect(host.source).toBe('DOCKER_HOST');
    expect(isLocal(host)).toBe(local);
  });

  test('with certificates is secured by them', async () => {
    await using certificates = await tempDir();
    await writeFile(join(certificates.path, 'ca.pem'), 'the authority');
    const env = { DOCKER_HOST: 'tcp://build-host', DOCKER_CERT_PATH: certificates.path };
    expect(findDocker(env).connection).toMatchObject({
      port: 2376,
      tls: { ca: Buffer.from('the authority'), key: undefined },
    });
  });

  test.each(['ftp://x', 'not a host at all'])('%j is refused', (DOCKER_HOST) => {
    expect(() => findDocker({ DOCKER_HOST })).toThrow('DOCKER_HOST names no Docker engine');
  });
});

describe('contexts', () => {
  test('the current one says where', async () => {
    await using home = await homeWith({ colima: 'unix:///home/me/.colima/docker.sock' }, 'colima');
    expect(findDocker({ HOME: home.path })).toEqual({
      connection: { kind: 'socket', path: '/home/me/.colima/docker.sock' },
      url: 'unix:///home/me/.colima/docker.sock',
      source: 'the context colima',
    });
  });

  test('DOCKER_CONTEXT goes before the current one, DOCKER_HOST before both', async () => {
    await using home = await homeWith({ one: 'unix:///one.sock', two: 'unix:///two.sock' }, 'one');
    const env = { HOME: home.path, DOCKER_CONTEXT: 'two' };
    expect(findDocker(env).url).toBe('unix:///two.sock');
    expect(findDocker({ ...env, DOCKER_HOST: 'unix:///three.sock' }).url).toBe('unix:///three.sock');
  });

  test('one that does not exist is named', async () => {
    await using home = await homeWith({});
    expect(() => findDocker({ HOME: home.path, DOCKER_CONTEXT: 'gone' })).toThrow(
      'the Docker context "gone" does not exist',
    );
  });

  test('`default`, none, or a broken file mean the default socket', async () => {
    await using home = await homeWith({}, 'default');
    expect(findDocker({ HOME: home.path }).source).toMatch(/socket/);
    await writeFile(join(home.path, '.docker/config.json'), '{ broken');
    expect(findDocker({ HOME: home.path }).source).toMatch(/socket/);
  });
});
