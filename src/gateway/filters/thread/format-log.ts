import { formatWithOptions } from 'node:util';

import { callLimits } from '../messages.ts';

/** What a filter logs as one bounded text. */
export function formatLog(parts: readonly unknown[]): string {
  try {
    return formatWithOptions({ depth: 4, breakLength: Infinity }, ...parts).slice(0, callLimits.logBytes);
  } catch {
    return 'what was logged cannot be shown';
  }
}
