import * as z from 'zod/mini';

import { defaultValues } from '../default-values.ts';
import { documented, mapping, wholeNumber } from '../schema-parts.ts';
import { duration } from './parts.ts';

const statuses = { error: 'must be a list of statuses from 500 to 599, such as `[502, 503, 504]`' };

const retry = mapping(
  {
    attempts: documented(z.optional(wholeNumber(0, 10)), {
      description: 'How often a request that is safe to repeat may be sent again after the first try.',
      default: defaultValues.retryAttempts,
    }),
    on: documented(z.optional(z.array(wholeNumber(500, 599), statuses).check(z.maxLength(20, statuses))), {
      description:
        'Answers for which a request is sent again too; without it, none: every gateway on a way would repeat them.',
      examples: [[502, 503, 504]],
    }),
    backoff: documented(z.optional(duration('1ms', '1m')), {
      description: 'How long it waits before an instance is asked again; twice as long each time, and never exactly.',
      default: defaultValues.backoff,
      examples: ['25ms'],
    }),
  },
  'must be a mapping such as `{ attempts: 2 }`',
);

const hedge = mapping(
  {
    after: documented(duration('1ms', '1h'), {
      description: 'How long the first instance has to answer before a second one is asked too.',
      examples: ['100ms'],
    }),
  },
  'must be a mapping such as `{ after: 100ms }`',
);

/** How long requests may take, and when they are sent again. */
export const triesKeys = {
  timeout: documented(z.optional(duration('1ms', '1h')), {
    description: 'How long a request may take, all tries together.',
    default: defaultValues.timeout,
    examples: ['2s', '500ms', '1m'],
  }),
  tryTimeout: documented(z.optional(duration('1ms', '1h')), {
    description: 'How long one try may take until its answer begins.',
    examples: ['500ms'],
  }),
  retry: documented(z.nullish(retry), { description: 'When a request is sent again, to another instance.' }),
  hedge: documented(z.optional(hedge), {
    description: 'Asks a second instance when the first one is slow, for requests that are safe to repeat.',
    examples: [{ after: '100ms' }],
  }),
};
