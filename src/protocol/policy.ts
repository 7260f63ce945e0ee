import type { GatewayLimits } from './policies/gateway-limits.ts';
import type { HeaderPolicy } from './policies/header-changes.ts';
import type { MirrorPolicy } from './policies/mirror.ts';
import type { CachePolicy } from './policies/cache.ts';
import type { CompressPolicy } from './policies/compress.ts';
import type { CorsPolicy } from './policies/cors.ts';
import type { RateLimit } from './policies/rate-limit.ts';
import type { RedirectPolicy } from './policies/redirect.ts';
import type { ResiliencePolicy } from './policies/resilience.ts';
import type { RespondPolicy } from './policies/respond.ts';
import type { RewritePolicy } from './policies/rewrite.ts';
import type { SplitPolicy } from './policies/split.ts';
import type { AggregatePolicy } from './policies/aggregate.ts';
import type { TransformPolicy } from './policies/transform.ts';
import type { ValidatePolicy } from './policies/validate.ts';
import type { AddressList, AllowedCall, GatewayAccess } from './policies/access.ts';
import type { GatewayAuth, RouteAuth } from './policies/auth.ts';
import type { FilterUse, SystemFilter } from './policies/filters.ts';

/**
 * What the gateway does with the requests of a route or an edge beside passing them on: one member per feature, each
 * described in policies/. What is left out does not happen. The registry passes policies on without knowing them, so
 * that it need not be of the same version as msa and the gateway; the gateway checks what it is to work by.
 */
export interface RoutePolicy extends ResiliencePolicy {
  readonly headers?: HeaderPolicy;
  readonly mirror?: MirrorPolicy;
  readonly cache?: CachePolicy;
  readonly compress?: CompressPolicy;
  readonly cors?: CorsPolicy;
  readonly maxBodyBytes?: number;
  /** All of them hold. */
  readonly rateLimit?: readonly RateLimit[];
  readonly redirect?: RedirectPolicy;
  readonly respond?: RespondPolicy;
  readonly rewrite?: RewritePolicy;
  readonly split?: SplitPolicy;
  readonly aggregate?: AggregatePolicy;
  readonly transform?: TransformPolicy;
  readonly validate?: ValidatePolicy;
  readonly auth?: RouteAuth;
  readonly access?: AddressList;
  /** For edges: what of the other service may be called. */
  readonly allow?: readonly AllowedCall[];
  readonly filters?: readonly FilterUse[];
}

/** What concerns the gateway as a whole. */
export interface GatewayPolicy {
  readonly limits?: GatewayLimits;
  readonly auth?: GatewayAuth;
  readonly access?: GatewayAccess;
  /** Addresses and networks of proxies before the gateway, whose word on clients is taken. */
  readonly trustedProxies?: readonly string[];
  readonly filters?: readonly SystemFilter[];
}
