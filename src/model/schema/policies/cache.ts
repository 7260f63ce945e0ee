import * as z from 'zod/mini';

import { documented, mapping } from '../schema-parts.ts';
import { duration, fieldNames, size } from './parts.ts';

const must = 'must be `true`, `false`, or a mapping such as `{ ttl: 30s }`';

const stale = mapping(
  {
    whileRevalidate: documented(z.optional(duration('1ms', '24h')), {
      description: 'How long a stale answer may be given while a newer one is fetched.',
      examples: ['10s'],
    }),
    ifError: documented(z.optional(duration('1ms', '24h')), {
      description: 'How long a stale answer may be given in place of a failure.',
      examples: ['5m'],
    }),
  },
  'must be a mapping such as `{ whileRevalidate: 10s, ifError: 5m }`',
);

const cache = mapping(
  {
    ttl: documented(z.optional(duration('1ms', '24h')), {
      description: 'How long an answer is fresh that does not say so itself. Without it, only those that do are kept.',
      examples: ['30s'],
    }),
    vary: documented(z.nullish(fieldNames('[accept-language]')), {
      description: 'Request fields by which answers are kept apart although they do not name them in `Vary`.',
      examples: [['accept-language']],
    }),
    maxBytes: documented(z.optional(size('1k', '16m')), {
      description: 'Larger answers are passed on without being kept.',
      default: '1m',
    }),
    stale: documented(z.nullish(stale), {
      description: 'When a stale answer is better than none; what a service says of its answer counts first.',
    }),
    private: documented(z.optional(z.boolean({ error: 'must be `true` or `false`' })), {
      description: 'Keep answers for each caller apart, so that those to requests with credentials are kept too.',
      default: false,
    }),
  },
  must,
);

export const cacheKeys = {
  cache: documented(z.nullish(z.union([z.boolean({ error: must }), cache], { error: must })), {
    description: 'Keep answers, as RFC 9111 allows, and give them again. `true` keeps what services say may be kept.',
    examples: [true, { ttl: '30s', stale: { ifError: '5m' } }],
  }),
};
