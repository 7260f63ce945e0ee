import * as z from 'zod/mini';

import { documented, mapping, oneOf } from '../schema-parts.ts';
import { size } from './parts.ts';

const must = 'must be true, false or a mapping such as `{ request: true, response: log }`';
const answers = 'must be true, false or `log`';
const yesOrNo = () => z.boolean({ error: 'must be true or false' });

const detailed = mapping(
  {
    request: documented(z.optional(yesOrNo()), {
      description: 'Refuse requests that break the contract of the service.',
      default: true,
    }),
    response: documented(
      z.optional(z.union([z.boolean({ error: answers }), z.literal('log', { error: answers })], { error: answers })),
      {
        description: 'Refuse answers that break the contract, or pass them on and tell in the log and the metrics.',
        default: false,
        examples: ['log'],
      },
    ),
    unknown: documented(z.optional(oneOf(['pass', 'refuse'])), {
      description: 'What happens to paths, methods and content types that the contract does not name.',
      default: 'pass',
    }),
    without: documented(z.optional(oneOf(['pass', 'refuse'])), {
      description: 'What happens to requests while no contract of the service can be had.',
      default: 'pass',
    }),
    maxBody: documented(z.optional(size('1k', '16m')), {
      description: 'Larger bodies of requests are refused; larger answers pass unchecked.',
      default: '1m',
    }),
  },
  must,
);

/** Whether messages are compared with the contract of the service. */
export const validateKeys = {
  validate: documented(z.nullish(z.union([z.boolean({ error: must }), detailed], { error: must })), {
    description: 'Compare requests, or answers too, with the OpenAPI document that the service has at /openapi.json.',
    examples: [true, { request: true, response: 'log' }],
  }),
};
