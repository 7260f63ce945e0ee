import type * as z from 'zod/mini';

import { policyKeys } from './policy-schema.ts';
import { routePathPattern, routePathProblem } from './route-path.ts';
import { documented, mapping, text } from './schema-parts.ts';

/** A public path that leads to a service, and what happens on the way. */
export const route = mapping(
  {
    path: documented(text(routePathPattern, routePathProblem), {
      description: 'The public path. It takes everything below it too; the longest fitting route wins.',
      examples: ['/users'],
    }),
    ...policyKeys,
  },
  'must be a mapping such as `{ path: /users }`',
);

export type WrittenRoute = z.infer<typeof route>;
