import type { CachePolicy } from '../../protocol/policies/cache.ts';
import { parseDurationMs, parseSizeBytes } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

const defaultMaxBytes = 1024 ** 2;

/** What the gateway keeps of the answers of a route or an edge; undefined when nothing is asked for. */
export function cachePolicy({ cache }: WrittenPolicy): CachePolicy | undefined {
  if (cache === undefined || cache === null || cache === false) return undefined;
  const { ttl, vary, maxBytes, stale, private: isPrivate = false } = cache === true ? {} : cache;
  return {
    ttlMs: milliseconds(ttl),
    vary: [...new Set((vary ?? []).map((name) => name.toLowerCase()))].toSorted(),
    maxBytes: maxBytes === undefined ? defaultMaxBytes : parseSizeBytes(maxBytes),
    staleWhileRevalidateMs: milliseconds(stale?.whileRevalidate),
    staleIfErrorMs: milliseconds(stale?.ifError),
    private: isPrivate,
  };
}

function milliseconds(duration: string | undefined): number {
  return duration === undefined ? 0 : parseDurationMs(duration);
}
