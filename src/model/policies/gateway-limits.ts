import type { GatewayLimits } from '../../protocol/policies/gateway-limits.ts';
import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenGatewayLimits } from '../schema/gateway-limits-schema.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { parseSizeBytes } from '../schema/quantities.ts';

/** Those limits that are written; the gateway knows what holds for the others. */
export function gatewayLimits(written: WrittenGatewayLimits | null | undefined): GatewayLimits | undefined {
  const { body, headers, url, fields, connections, connectionsPerAddress } = written ?? {};
  const limits: GatewayLimits = {
    ...(body !== undefined && { maxBodyBytes: parseSizeBytes(body) }),
    ...(headers !== undefined && { maxHeaderBytes: parseSizeBytes(headers) }),
    ...(url !== undefined && { maxTargetBytes: parseSizeBytes(url) }),
    ...(fields !== undefined && { maxHeaderFields: fields }),
    ...(connections !== undefined && { maxClientConnections: connections }),
    ...(connectionsPerAddress !== undefined && { maxConnectionsPerAddress: connectionsPerAddress }),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

export function maxBodyPolicy({ maxBody }: WrittenPolicy): RoutePolicy {
  return maxBody === undefined ? {} : { maxBodyBytes: parseSizeBytes(maxBody) };
}
