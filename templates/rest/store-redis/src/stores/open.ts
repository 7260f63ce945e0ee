import type { OpenStore, StoreAddress } from '../store.ts';
import { createRedisStore } from './redis.ts';

export const storeAddress: StoreAddress | undefined = { variable: 'REDIS_URL', protocols: ['redis:', 'rediss:'] };

export const openStore: OpenStore = createRedisStore;
