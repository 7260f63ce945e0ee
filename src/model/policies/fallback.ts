import type { Fallback, FallbackPolicy } from '../../protocol/policies/fallback.ts';
import { defaultValues } from '../schema/default-values.ts';
import type { WrittenFallback } from '../schema/policies/fallback.ts';
import { parseDurationMs } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

/** What is answered when the service cannot; undefined when nothing is. */
export function fallbackPolicy({ fallback }: WrittenPolicy): FallbackPolicy | undefined {
  if (fallback === undefined) return undefined;
  const written = Array.isArray(fallback) ? fallback : [fallback];
  return written.length === 0 ? undefined : written.map(fallbackOf);
}

function fallbackOf(written: WrittenFallback): Fallback {
  const { fallback: defaults } = defaultValues;
  if (written === 'stale') return { kind: 'stale', forMs: parseDurationMs(defaults.stale) };
  const { stale, service, status = defaults.status, body, type } = written;
  if (stale !== undefined) return { kind: 'stale', forMs: parseDurationMs(stale) };
  if (service !== undefined) return { kind: 'service', service };
  const isText = typeof body === 'string';
  return {
    kind: 'answer',
    status,
    type: type ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
    body: isText ? body : body === undefined ? '' : JSON.stringify(body),
  };
}
