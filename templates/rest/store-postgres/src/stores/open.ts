import type { OpenStore, StoreAddress } from '../store.ts';
import { createPostgresStore } from './postgres.ts';

export const storeAddress: StoreAddress | undefined = {
  variable: 'DATABASE_URL',
  protocols: ['postgres:', 'postgresql:'],
};

export const openStore: OpenStore = createPostgresStore;
