import type { Service } from '../model/workspace.ts';

/** The stores that services share, each as a unit beside them. */
export function storesOf(services: readonly Service[]): readonly ('redis' | 'postgres')[] {
  return (['redis', 'postgres'] as const).filter((store) => services.some((service) => service.store === store));
}
