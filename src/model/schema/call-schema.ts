import * as z from 'zod/mini';

import { allowKeys } from './policies/access.ts';
import { policyKeys } from './policy-schema.ts';
import { documented, mapping } from './schema-parts.ts';

const must = 'must be the name of a service, or a mapping such as `{ service: users, timeout: 1s }`';

const detailed = mapping(
  {
    service: documented(z.string({ error: 'must be the name of a service' }), {
      description: 'The service it calls.',
      examples: ['users'],
    }),
    ...allowKeys,
    ...policyKeys,
  },
  must,
);

/** A call of another service: its name, or a mapping that says what happens on the way too. */
export const call = z.union([z.string({ error: must }), detailed], { error: must });
