import type { OpenStore, StoreAddress } from '../store.ts';
import { createMemoryStore } from './memory.ts';

/** The memory of the process needs no address. */
export const storeAddress: StoreAddress | undefined = undefined;

export const openStore: OpenStore = () => createMemoryStore();
