import type { Service } from '../model/workspace.ts';

/** What the stores run from in containers, and what they listen on there. */
export const stores = {
  redis: { image: 'redis:8', port: 6379 },
  postgres: { image: 'postgres:17', port: 5432 },
} as const;

/** The stores that services share, each as a unit beside them. */
export function storesOf(services: readonly Service[]): readonly (keyof typeof stores)[] {
  return (['redis', 'postgres'] as const).filter((store) => services.some((service) => service.store === store));
}

/** Where the store is in a network of its own. */
export const redisUrl = `redis://redis:${stores.redis.port}`;

export const databaseUser = 'msa';

/** The database of a service. */
export function databaseName(service: string): string {
  return service.replaceAll('-', '_');
}

/** Left out, the address is that of the store in a network of its own. */
export function databaseUrl(service: string, password: string, address = `postgres:${stores.postgres.port}`): string {
  return `postgres://${databaseUser}:${password}@${address}/${databaseName(service)}`;
}
