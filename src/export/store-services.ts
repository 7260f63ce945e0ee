import type { Service, Workspace } from '../model/workspace.ts';
import { dataDirectories, postgresSocketDirectory, redisCommand } from '../plan/containers.ts';
import { databaseName, databaseUser, gatewayUsesRedis, stores, storesOf } from '../plan/stores.ts';
import { literal } from './compose-value.ts';
import type { DescribedService } from './described-service.ts';
import { templates } from './templates.ts';
import { checkBy } from './healthcheck.ts';
import { secrets } from './locations.ts';

/** The service that creates databases and ends; no service of a workspace has a name with an underscore. */
export const databaseSetup = 'postgres_databases';

/** The stores that services ask for. */
export function describeStores(workspace: Workspace): readonly DescribedService[] {
  const withDatabase = workspace.services.filter(({ store }) => store === 'postgres');
  return storesOf(workspace).flatMap((store) =>
    store === 'redis' ? [describeRedis(workspace)] : [postgres, describeSetup(withDatabase)],
  );
}

function describeRedis(workspace: Workspace): DescribedService {
  const isForServices = workspace.services.some(({ store }) => store === 'redis');
  const isForGateway = gatewayUsesRedis(workspace);
  return {
    name: 'redis',
    comment: [
      ...(isForServices ? ['What services with `store: redis` keep.'] : []),
      ...(isForGateway ? ['What gateways share: limits and cached answers.'] : []),
    ],
    value: {
      '<<': templates.hardened,
      image: stores.redis.image,
      // Started as root its image changes the user itself, for which it would need capabilities.
      user: 'redis',
      // The log of changes alone keeps the data.
      command: redisCommand,
      volumes: [`redis:${dataDirectories.redis}`],
      healthcheck: checkBy('redis-cli', '-e', 'ping'),
    },
  };
}

const postgresProgram = { '<<': templates.hardened, image: stores.postgres.image, user: 'postgres' } as const;

const postgres: DescribedService = {
  name: 'postgres',
  comment: ['What services with `store: postgres` keep, each in a database of its own.'],
  value: {
    ...postgresProgram,
    // The second is for its socket: a folder in memory would not have the owner that the image gives it.
    volumes: [`postgres:${dataDirectories.postgres}`, postgresSocketDirectory],
    environment: { POSTGRES_USER: databaseUser, POSTGRES_PASSWORD: secrets.postgresPassword },
    // By its address: while it sets itself up, it serves on a local socket only.
    healthcheck: checkBy('pg_isready', '--quiet', '--host', '127.0.0.1'),
  },
};

/** Each database is given as an argument. */
const createDatabases = `
for database in "$@"; do
  found=$(psql --dbname postgres --tuples-only --no-align --command "select 1 from pg_database where datname = '$database'")
  [ "$found" = 1 ] || createdb "$database"
done
`;

function describeSetup(services: readonly Service[]): DescribedService {
  return {
    name: databaseSetup,
    comment: ['Creates the databases that are missing, and ends.'],
    value: {
      ...postgresProgram,
      entrypoint: ['sh', '-e', '-c', literal(createDatabases.trimStart()), 'sh'],
      command: services.map(({ name }) => databaseName(name)),
      environment: { PGHOST: 'postgres', PGUSER: databaseUser, PGPASSWORD: secrets.postgresPassword },
      depends_on: { postgres: { condition: 'service_healthy' } },
    },
  };
}
