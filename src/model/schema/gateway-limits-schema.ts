import * as z from 'zod/mini';

import { size } from './policies/parts.ts';
import { documented, mapping, wholeNumber } from './schema-parts.ts';

const limits = mapping(
  {
    body: documented(z.optional(size('1k', '16g')), {
      description: 'The largest body of a request. A route may allow less with `maxBody`.',
      default: '64m',
    }),
    headers: documented(z.optional(size('1k', '1m')), {
      description: 'How large the first line and the header fields of a request may be together.',
      default: '32k',
    }),
    url: documented(z.optional(size('0.125k', '64k')), {
      description: 'The longest path with its query.',
      default: '8k',
    }),
    fields: documented(z.optional(wholeNumber(8, 2000)), {
      description: 'How many header fields a request may have.',
      default: 128,
    }),
    connections: documented(z.optional(wholeNumber(1, 1_000_000)), {
      description: 'How many connections of clients are open at once, of the public listener and of each edge.',
      default: 10_000,
    }),
    connectionsPerAddress: documented(z.optional(wholeNumber(1, 1_000_000)), {
      description:
        'How many of those of the public listener one address may have. Behind a proxy all clients come from its address.',
      default: 5000,
    }),
  },
  'must be a mapping such as `{ body: 10m, headers: 32k }`',
);

/** What the gateway takes from clients. */
export const gatewayLimitsKeys = {
  limits: documented(z.nullish(limits), {
    description:
      'What the gateway takes from clients. Changes hold at once, for connections that are there the next time.',
    examples: [{ body: '10m', connections: 2000 }],
  }),
};

/** The largest body on one way. */
export const maxBodyKeys = {
  maxBody: documented(z.optional(size('0.001k', '16g')), {
    description: 'The largest body of a request here. What `gateway.limits` says of bodies holds too.',
    examples: ['64k', '1m'],
  }),
};

export type WrittenGatewayLimits = z.infer<typeof limits>;
