import type * as z from 'zod/mini';

import { aggregateKeys } from './policies/aggregate.ts';
import { elsewhereKeys } from './policies/elsewhere.ts';
import { matchKeys } from './policies/match.ts';
import { policyKeys } from './policy-schema.ts';
import { mapping } from './schema-parts.ts';

/** Which requests a route takes, and what happens to them on the way to the service that has it, or instead. */
export const route = mapping(
  { ...matchKeys, ...policyKeys, ...elsewhereKeys, ...aggregateKeys },
  'must be a mapping such as `{ path: /users }`',
);

export type WrittenRoute = z.infer<typeof route>;
