import * as z from 'zod/mini';

import { defaultValues } from '../default-values.ts';
import { documented, mapping, text, wholeNumber } from '../schema-parts.ts';
import { duration } from './parts.ts';

const must =
  'must be `stale`, `{ stale: 1h }`, `{ service: users-lite }`, `{ status: 200, body: [] }`, or a list of such';
const typePattern = /^[A-Za-z0-9.+-]{1,64}\/[A-Za-z0-9.+-]{1,64}(?:; ?charset=[A-Za-z0-9-]{1,32})?$/;
const mediaType = text(typePattern, (value) =>
  typePattern.test(value) ? undefined : 'must be a media type such as `text/plain`',
);

const detailed = mapping(
  {
    stale: documented(z.optional(duration('1ms', '24h')), {
      description: 'How long after it was fresh a stored answer may be given.',
      examples: ['1h'],
    }),
    service: documented(z.optional(z.string({ error: 'must be the name of a service' })), {
      description: 'Who is asked in place of the service, with the same path.',
      examples: ['users-lite'],
    }),
    status: documented(z.optional(wholeNumber(200, 599)), {
      description: 'The status of an answer that is always the same.',
      default: defaultValues.fallback.status,
    }),
    body: documented(z.optional(z.unknown()), {
      description: 'Its body: a text as it is, anything else as JSON.',
      examples: [[], { items: [] }, 'Come back soon.'],
    }),
    type: documented(z.optional(mediaType), {
      description: 'Its media type; without it, what the form of the body says.',
      examples: ['text/html'],
    }),
  },
  must,
);

const one = z.union([z.literal('stale', { error: must }), detailed], { error: must });
const several = z.array(one, { error: must }).check(z.maxLength(8, { error: must }));

/** What is answered when the service cannot. */
export const fallbackKeys = {
  fallback: documented(z.optional(z.union([z.literal('stale', { error: must }), detailed, several], { error: must })), {
    description: 'What is answered when the service cannot: the first of these that has something.',
    examples: ['stale', [{ stale: '1h' }, { service: 'users-lite' }, { status: 200, body: [] }]],
  }),
};

export type WrittenFallback = z.infer<typeof one>;
