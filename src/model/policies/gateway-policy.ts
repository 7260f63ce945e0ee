import type { GatewayPolicy } from '../../protocol/policy.ts';
import { gatewayAccessPolicy } from './access.ts';
import { gatewayAuthPolicy } from './auth.ts';
import { gatewayLimits } from './gateway-limits.ts';
import type { WrittenGateway } from '../schema/gateway-schema.ts';

/** What concerns the gateway as a whole, one member per feature; undefined when nothing is asked for. */
export function gatewayPolicy(written: WrittenGateway | null | undefined): GatewayPolicy | undefined {
  const access = gatewayAccessPolicy(written?.access);
  const auth = gatewayAuthPolicy(written?.auth);
  const limits = gatewayLimits(written?.limits);
  const trustedProxies = written?.trustedProxies ?? [];
  const policy: GatewayPolicy = {
    ...(limits && { limits }),
    ...(access && { access }),
    ...(auth && { auth }),
    ...(trustedProxies.length > 0 && { trustedProxies }),
  };
  return Object.keys(policy).length === 0 ? undefined : policy;
}
