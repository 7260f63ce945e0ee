import type { BreakerPolicy } from '../../protocol/policies/breaker.ts';
import { defaultValues } from '../schema/default-values.ts';
import { parseDurationMs, parseShare } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

const { breaker: defaults } = defaultValues;

/** When a circuit opens and closes again; undefined when there is none. */
export function breakerPolicy({ breaker }: WrittenPolicy): BreakerPolicy | undefined {
  if (breaker === undefined) return undefined;
  const { failures, slow, slowAfter, window = defaults.window, minimum, open, probes } = breaker;
  return {
    window: typeof window === 'number' ? { requests: window } : { ms: parseDurationMs(window) },
    // Of fewer requests than the default there may be no more in the window.
    minimum: minimum ?? Math.min(defaults.minimum, typeof window === 'number' ? window : Infinity),
    failureRate: parseShare(failures ?? defaults.failures),
    ...(slowAfter !== undefined && {
      slowRate: parseShare(slow ?? defaults.slow),
      slowAfterMs: parseDurationMs(slowAfter),
    }),
    openMs: parseDurationMs(open ?? defaults.open),
    probes: probes ?? defaults.probes,
  };
}
