import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Unit } from '../../../../src/plan/desired.ts';
import { docker, hasDocker } from '../../../support/docker.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { folderUnit, locate, storeUnit, testSystem, tinyService, type TestSystem } from './support/system.ts';

describe.skipIf(!hasDocker)('stores in Docker', () => {
  let system: TestSystem;
  const [redis, postgres] = [storeUnit('redis'), storeUnit('postgres')];
  const units: Unit[] = [];
  const container = (instance: string): string => `${system.place.workspace}-${instance}`;
  const up = async (): Promise<void> => {
    await system.perform({ kind: 'open' });
    await Promise.all([redis, postgres].map((unit) => system.perform({ kind: 'start', unit, index: 1 })));
  };

  beforeAll(async () => {
    system = await testSystem();
    const { databaseUrls } = await locate(system.engine, { databases: ['order-book', 'users'] });
    const directory = await system.folder('tiny', tinyService);
    for (const [name, url] of databaseUrls)
      units.push(await folderUnit(system.engine, name, { directory, env: { DATABASE_URL: url } }));
    system.want([redis, postgres, ...units]);
    await up();
  }, 120_000);
  afterAll(() => system[Symbol.asyncDispose]());

  const redisCli = (...argv: readonly string[]): Promise<string> =>
    docker('exec', container('redis-1'), 'redis-cli', ...argv);
  const query = async (database: string, sql: string): Promise<string> => {
    const password = /postgres:\/\/msa:(\w+)@/.exec(units[0]?.env['DATABASE_URL'] ?? '')?.[1] ?? '';
    const argv = ['exec', '--env', `PGPASSWORD=${password}`, container('postgres-1'), 'psql', '-h', 'postgres'];
    return docker(...argv, '-U', 'msa', '-d', database, '-tAc', sql);
  };

  test('have a database for each service before it starts', async () => {
    await Promise.all(units.map((unit) => system.perform({ kind: 'start', unit, index: 1 })));
    expect(
      await query('order_book', 'create table kept (n int); insert into kept values (7); select n from kept'),
    ).toContain('7');
    expect(await query('users', 'select current_database()')).toBe('users');
    // A second instance finds what is there.
    await system.perform({ kind: 'start', unit: units[0] ?? redis, index: 2 });
  }, 120_000);

  test('keep their data until they are told not to', async () => {
    await waitUntil('Redis answers', async () => (await redisCli('set', 'kept', '7')) === 'OK');
    await system.perform({ kind: 'close', data: false });
    expect((await system.engine.observe()).ground).toBe(false);

    const next = await system.reopen();
    await locate(next, { databases: ['order-book', 'users'] });
    await up();
    await waitUntil('Redis has it', async () => (await redisCli('get', 'kept')) === '7');
    await waitUntil('Postgres has it', async () => (await query('order_book', 'select n from kept')) === '7');
    next.disconnect();
  }, 120_000);

  test('run without root, capabilities or a file system to write to', async () => {
    const format = '{{.Config.User}} {{.HostConfig.CapDrop}} {{.HostConfig.ReadonlyRootfs}}';
    const inspected = await docker('inspect', '--format', format, container('redis-1'), container('postgres-1'));
    expect(inspected.split('\n')).toEqual(['redis [ALL] true', 'postgres [ALL] true']);
  });
});
