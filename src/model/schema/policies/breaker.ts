import * as z from 'zod/mini';

import { defaultValues } from '../default-values.ts';
import { documented, mapping, wholeNumber } from '../schema-parts.ts';
import { duration } from './parts.ts';
import { share } from './share.ts';

const mustWindow = 'must be a duration such as `10s`, or a number of requests from 1 to 10000';
const requests = z
  .int({ error: mustWindow })
  .check(z.gte(1, { error: mustWindow }), z.lte(10_000, { error: mustWindow }));
const { breaker: defaults } = defaultValues;

const breaker = mapping(
  {
    failures: documented(z.optional(share('1%', '100%')), {
      description: 'The share of failed requests that opens it.',
      default: defaults.failures,
    }),
    slow: documented(z.optional(share('1%', '100%')), {
      description: 'The share of slow requests that opens it; `slowAfter` says what slow is.',
      default: defaults.slow,
    }),
    slowAfter: documented(z.optional(duration('1ms', '1h')), {
      description: 'A request that takes longer until its answer begins is slow. Without it, none is.',
      examples: ['1s'],
    }),
    window: documented(z.optional(z.union([duration('100ms', '1h'), requests], { error: mustWindow })), {
      description: 'Over how long a time, or how many requests, the shares are taken.',
      default: defaults.window,
      examples: ['10s', 100],
    }),
    minimum: documented(z.optional(wholeNumber(1, 10_000)), {
      description: 'Fewer requests than these in the window never open it.',
      default: defaults.minimum,
    }),
    open: documented(z.optional(duration('1ms', '1h')), {
      description: 'How long it stays open before it is tried whether the service works again.',
      default: defaults.open,
    }),
    probes: documented(z.optional(wholeNumber(1, 1000)), {
      description: 'How many requests that is tried with.',
      default: defaults.probes,
    }),
  },
  'must be a mapping such as `{ failures: 50% }`',
);

/** When requests are no longer sent to a service that fails. */
export const breakerKeys = {
  breaker: documented(z.optional(breaker), {
    description: 'Answers at once, for a while, in place of a service that fails or is slow.',
    examples: [{ failures: '50%', window: '10s', open: '5s' }],
  }),
};
