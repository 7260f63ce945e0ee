import * as z from 'zod/mini';

import { documented, mapping, text } from '../schema-parts.ts';
import { duration, fieldNames } from './parts.ts';

const must = 'must be `true`, `false`, or a mapping such as `{ origins: [https://app.example.com] }`';

const originPattern =
  /^(?:\*|[a-z][a-z0-9+.-]{0,20}:\/\/(?:\*\.)?(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?)$/;
const originsError = 'must be a list of at most 64 origins, such as `[https://app.example.com]`';

const origin = text(originPattern, (value) => {
  if (!originPattern.test(value))
    return 'must be `*` or an origin in lower case without a path, such as `https://app.example.com` or `https://*.example.com`';
  const isDefaultPort = /^http:\/\/.*:80$|^https:\/\/.*:443$/.test(value);
  return isDefaultPort ? 'must not name the usual port, because browsers leave it out' : undefined;
});

const methodPattern = /^[A-Z][A-Z-]{0,31}$/;
const methodsError = 'must be a list of methods, such as `[GET, POST]`';
const method = text(methodPattern, (value) =>
  methodPattern.test(value) ? undefined : 'must be a method in capitals, such as `GET`',
);

const cors = mapping(
  {
    origins: documented(
      z.nullish(
        z
          .array(origin, { error: originsError })
          .check(z.minLength(1, { error: originsError }), z.maxLength(64, { error: originsError })),
      ),
      {
        description: 'Whose pages may use the route. `*` is everyone; `https://*.example.com` all hosts below one.',
        default: ['*'],
        examples: [['https://app.example.com']],
      },
    ),
    methods: documented(
      z.nullish(z.array(method, { error: methodsError }).check(z.maxLength(32, { error: methodsError }))),
      {
        description: 'Which methods pages may use.',
        default: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      },
    ),
    headers: documented(z.nullish(fieldNames('[content-type, authorization]')), {
      description: 'Which request fields pages may set; `*` is every one they ask for.',
      default: ['*'],
    }),
    expose: documented(z.nullish(fieldNames('[location, etag]')), {
      description: 'Which fields of answers pages may read beside the harmless ones.',
      examples: [['location', 'etag']],
    }),
    credentials: documented(z.optional(z.boolean({ error: 'must be `true` or `false`' })), {
      description: 'Whether pages may send cookies along.',
      default: false,
    }),
    maxAge: documented(z.optional(duration('1s', '24h')), {
      description: 'How long a browser may remember what is allowed.',
      default: '5s',
      examples: ['10m'],
    }),
  },
  must,
);

export const corsKeys = {
  cors: documented(z.nullish(z.union([z.boolean({ error: must }), cors], { error: must })), {
    description: 'Let pages of other origins use the route. `true` lets all of them, without cookies.',
    examples: [true, { origins: ['https://app.example.com'], credentials: true }],
  }),
};
