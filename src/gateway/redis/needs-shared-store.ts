import { usesSharedStore } from '../../protocol/policies/uses-shared-store.ts';
import type { System } from '../../protocol/system.ts';

/** Whether anything the gateway does with requests is shared with other gateways. */
export function needsSharedStore(system: System | null): boolean {
  if (!system) return false;
  return [...system.routes, ...system.edges].some(({ policy }) => policy !== undefined && usesSharedStore(policy));
}
