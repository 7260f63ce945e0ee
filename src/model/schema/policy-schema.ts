import * as z from 'zod/mini';

import { accessKeys } from './policies/access.ts';
import { authKeys } from './policies/auth.ts';
import { defaultValues } from './default-values.ts';
import { durationPattern, parseDurationMs } from './quantities.ts';
import { mirrorKeys } from './policies/elsewhere.ts';
import { headerChangeKeys } from './policies/header-changes.ts';
import { transformKeys } from './policies/transform.ts';
import { validateKeys } from './policies/validate.ts';
import { documented, mapping, text, wholeNumber } from './schema-parts.ts';

const maxTimeoutMs = 3_600_000;

const retry = mapping(
  {
    attempts: documented(z.optional(wholeNumber(0, 10)), {
      description: 'How often a request that is safe to repeat may be sent again after the first try.',
      default: defaultValues.retryAttempts,
    }),
  },
  'must be a mapping such as `{ attempts: 2 }`',
);

/**
 * What the gateway does with requests: the same keys on routes, on calls between services, and as defaults for all
 * public routes. Each feature has its keys in policies/.
 */
export const policyKeys = {
  timeout: documented(z.optional(text(durationPattern, timeoutProblem)), {
    description: 'How long a request may take, all tries together.',
    default: defaultValues.timeout,
    examples: ['2s', '500ms', '1m'],
  }),
  retry: documented(z.nullish(retry), { description: 'When a request is sent again, to another instance.' }),
  ...headerChangeKeys,
  ...mirrorKeys,
  ...transformKeys,
  ...validateKeys,
  ...accessKeys,
  ...authKeys,
};

const policySchema = mapping(policyKeys, 'must be a mapping such as `{ timeout: 2s }`');
export type WrittenPolicy = z.infer<typeof policySchema>;

/** Policies for all public routes. */
export const defaultsSchema = policySchema;

function timeoutProblem(timeout: string): string | undefined {
  const durationMs = parseDurationMs(timeout);
  if (Number.isNaN(durationMs)) return 'must be a duration with its unit, such as `2s`, `500ms` or `1m`';
  return durationMs >= 1 && durationMs <= maxTimeoutMs ? undefined : 'must be from `1ms` to `1h`';
}
