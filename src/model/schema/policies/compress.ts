import * as z from 'zod/mini';

import { compressionCodings } from '../../../protocol/policies/compress.ts';
import { documented, mapping, oneOf, text } from '../schema-parts.ts';
import { size } from './parts.ts';

const must = 'must be `true`, `false`, or a mapping such as `{ codings: [gzip] }`';
const mediaTypePattern = /^[a-z0-9!#$&^_.+-]{1,64}\/(?:\*|[a-z0-9!#$&^_.+-]{1,64})$/;

const codingsError = 'must be a list such as `[br, gzip]`';
const codings = z
  .array(oneOf(compressionCodings), { error: codingsError })
  .check(z.minLength(1, { error: codingsError }), z.maxLength(2, { error: codingsError }));

const typesError = 'must be a list of at most 32 media types, such as `[application/x-ndjson]`';
const mediaType = text(mediaTypePattern, (value) =>
  mediaTypePattern.test(value) ? undefined : 'must be a media type in lower case, such as `text/*`',
);

const compress = mapping(
  {
    codings: documented(z.nullish(codings), {
      description: 'With what, the preferred one first. Which of them a client takes, it says itself.',
      default: ['br', 'gzip'],
    }),
    minBytes: documented(z.optional(size('1k', '1m')), {
      description: 'Shorter answers are left as they are.',
      default: '1k',
    }),
    types: documented(
      z.nullish(z.array(mediaType, { error: typesError }).check(z.maxLength(32, { error: typesError }))),
      {
        description: 'Media types to compress beside texts, JSON, XML and the like.',
        examples: [['application/x-protobuf']],
      },
    ),
  },
  must,
);

export const compressKeys = {
  compress: documented(z.nullish(z.union([z.boolean({ error: must }), compress], { error: must })), {
    description:
      'Compress answers for clients that take it. Leave it out where an answer has both a secret and what a stranger ' +
      'can put into it (BREACH).',
    examples: [true, { codings: ['gzip'], minBytes: '2k' }],
  }),
};
