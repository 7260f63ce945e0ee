import type { Workspace } from '../model/workspace.ts';
import { usesSharedStore } from '../protocol/policies/uses-shared-store.ts';

/** What the stores run from in containers, and what they listen on there. */
export const stores = {
  redis: { image: 'redis:8', port: 6379 },
  postgres: { image: 'postgres:17', port: 5432 },
} as const;

/** The stores that services or the gateway need, each as a unit beside them. */
export function storesOf(workspace: Pick<Workspace, 'services' | 'gateway'>): readonly (keyof typeof stores)[] {
  const needed = new Set<string>(workspace.services.map(({ store }) => store));
  if (gatewayUsesRedis(workspace)) needed.add('redis');
  return (['redis', 'postgres'] as const).filter((store) => needed.has(store));
}

/** Whether the gateway shares something with other gateways. */
export function gatewayUsesRedis({ services, gateway }: Pick<Workspace, 'services' | 'gateway'>): boolean {
  const routes = [...gateway.routes, ...services.flatMap((service) => service.routes)];
  const calls = services.flatMap(({ callRules }) => Object.values(callRules));
  return [...routes, ...calls].some(({ policy }) => policy !== undefined && usesSharedStore(policy));
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
