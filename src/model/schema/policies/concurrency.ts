import * as z from 'zod/mini';

import { defaultValues } from '../default-values.ts';
import { documented, mapping, wholeNumber } from '../schema-parts.ts';
import { duration } from './parts.ts';

const mustLimit = 'must be a whole number from 1 to 10000, or `adaptive`';
const must = 'must be a whole number from 1 to 10000, `adaptive`, or a mapping such as `{ limit: 50, queue: 100 }`';

function limitOf(error: string) {
  return z.union(
    [z.int({ error }).check(z.gte(1, { error }), z.lte(10_000, { error })), z.literal('adaptive', { error })],
    { error },
  );
}

const concurrency = mapping(
  {
    limit: documented(limitOf(mustLimit), {
      description: 'How many requests may be under way at once; `adaptive` finds that out from how long they take.',
      examples: [50, 'adaptive'],
    }),
    queue: documented(z.optional(wholeNumber(0, 10_000)), {
      description: 'How many more may wait for one of those to end.',
      default: defaultValues.concurrency.queue,
    }),
    wait: documented(z.optional(duration('1ms', '1h')), {
      description: 'How long one may wait.',
      default: defaultValues.concurrency.wait,
    }),
  },
  must,
);

/** How many requests may be under way at once. */
export const concurrencyKeys = {
  concurrency: documented(z.optional(z.union([limitOf(must), concurrency], { error: must })), {
    description: 'How many requests may be under way at once; more are refused, or wait a moment.',
    examples: [50, 'adaptive', { limit: 50, queue: 100, wait: '1s' }],
  }),
};
