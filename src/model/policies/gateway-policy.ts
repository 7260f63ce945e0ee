import type { GatewayPolicy } from '../../protocol/policy.ts';
import type { WrittenGateway } from '../schema/gateway-schema.ts';

/** What concerns the gateway as a whole, one member per feature; undefined when nothing is asked for. */
export function gatewayPolicy(_written: WrittenGateway | null | undefined): GatewayPolicy | undefined {
  const policy: GatewayPolicy = {};
  return Object.keys(policy).length === 0 ? undefined : policy;
}
