import * as z from 'zod/mini';

import { documented, mapping, text, wholeNumber } from '../schema-parts.ts';
import { recognisedFieldProblem } from './match.ts';
import { duration } from './parts.ts';
import { share } from './share.ts';

const must = 'must be `least-loaded`, `quickest`, `round-robin`, or a mapping such as `{ hash: { header: x-user } }`';
const mustHash = 'must be `address`, `{ header: x-user }` or `{ cookie: session }`';

const namePattern = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

const cookieName = text(namePattern, (value) => (namePattern.test(value) ? undefined : 'must be the name of a cookie'));

const recognised = mapping(
  {
    header: documented(z.optional(text(namePattern, recognisedFieldProblem)), {
      description: 'A field of the request.',
    }),
    cookie: documented(z.optional(cookieName), { description: 'A cookie of the request.' }),
  },
  mustHash,
);

const hash = z.union([z.literal('address', { error: mustHash }), recognised], { error: mustHash });

const hashing = mapping(
  {
    hash: documented(hash, {
      description: 'Requests that have this in common go to the same instance as long as it is there.',
      examples: ['address', { header: 'x-user' }],
    }),
  },
  must,
);

/** Which instance a request goes to. */
export const balanceKeys = {
  balance: documented(
    z.optional(
      z.union([z.enum(['least-loaded', 'quickest', 'round-robin'], { error: must }), hashing], { error: must }),
    ),
    {
      description:
        'Which instance a request goes to: of two drawn by lot the one with fewer requests under way, or the one that answers sooner, each in turn, or ' +
        'the same one for requests that have something in common.',
      default: 'least-loaded',
      examples: ['round-robin', { hash: { header: 'x-user' } }],
    },
  ),
  slowStart: documented(z.optional(duration('1ms', '1h')), {
    description: 'How long an instance that came up gets a share that only grows.',
    examples: ['10s'],
  }),
  ejectAfter: documented(z.optional(wholeNumber(1, 1000)), {
    description: 'So many answers of 5xx in a row take an instance out for a while.',
    examples: [5],
  }),
  panic: documented(z.optional(share('0%', '100%')), {
    description: 'When fewer of the instances than this are sound, all of them are used again.',
    default: '50%',
  }),
};
