import { afterAll, beforeAll, describe } from 'vitest';

import { docker, hasDocker, startContainer, type Container } from '../support/docker.ts';
import { removeInstalled, testRestTemplate } from '../support/rest-template.ts';
import { waitUntil } from '../support/wait-until.ts';

const urlAt = (host: string): string => `postgres://shop:secret@${host}/shop`;

describe.skipIf(!hasDocker)('on a real PostgreSQL', () => {
  let postgres: Container;
  let address: string;

  beforeAll(async () => {
    const account = ['--env', 'POSTGRES_USER=shop', '--env', 'POSTGRES_PASSWORD=secret'];
    postgres = await startContainer('postgres:17', ['--publish', '127.0.0.1::5432', ...account]);
    address = await postgres.address(5432);
    // By TCP: while it sets itself up, the server listens on its local socket only.
    const ready = ['exec', postgres.id, 'pg_isready', '--host', '127.0.0.1', '--username', 'shop'];
    await waitUntil('PostgreSQL answers', async () => (await docker(...ready)).includes('accepting'));
  });
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]();
    await removeInstalled();
  });

  testRestTemplate({
    store: 'postgres',
    env: () => ({ DATABASE_URL: urlAt(address) }),
    container: () => ({ options: ['--link', `${postgres.id}:db`, '--env', `DATABASE_URL=${urlAt('db:5432')}`] }),
  });
});
