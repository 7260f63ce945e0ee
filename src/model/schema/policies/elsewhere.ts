import * as z from 'zod/mini';

import { redirectStatuses } from '../../../protocol/policies/redirect.ts';
import { routePathPattern, targetPathProblem } from '../route-path.ts';
import { documented, mapping, oneOf, text, wholeNumber } from '../schema-parts.ts';
import { fieldValues } from './header-changes.ts';
import { hostProblem } from './match.ts';

const serviceName = () => z.string({ error: 'must be the name of a service' });
const host = () => text(/^[A-Za-z0-9.-]{1,253}$/, plainHostProblem);
const targetPath = () => text(routePathPattern, targetPathProblem);

const redirect = mapping(
  {
    status: documented(
      z.optional(z.literal(redirectStatuses, { error: `must be one of ${redirectStatuses.join(', ')}` })),
      { description: 'With which status clients are sent there.', default: 302 },
    ),
    scheme: documented(z.optional(oneOf(['http', 'https'])), { description: 'By which scheme; else the same.' }),
    host: documented(z.optional(host()), { description: 'To which host; else the same.', examples: ['example.com'] }),
    port: documented(z.optional(wholeNumber(1, 65_535)), {
      description: 'To which port; else the usual one of `scheme`, or the same.',
    }),
    path: documented(z.optional(targetPath()), { description: 'To which path; else the same.', examples: ['/new'] }),
    prefix: documented(z.optional(targetPath()), {
      description: 'What stands in place of the route’s own path, before the rest of it.',
      examples: ['/new'],
    }),
  },
  'must be a mapping such as `{ path: /new, status: 301 }`',
).check(
  z.refine((written) => Object.keys(written).some((key) => key !== 'status'), {
    error: 'must say where to: `path`, `prefix`, `host`, `port` or `scheme`',
  }),
);

const rewrite = mapping(
  {
    host: documented(z.optional(host()), { description: 'The host that the service is asked for.' }),
    path: documented(z.optional(targetPath()), { description: 'The path that the service is asked for.' }),
    prefix: documented(z.optional(targetPath()), {
      description: 'What stands in place of the route’s own path; `/` takes it away.',
      examples: ['/'],
    }),
  },
  'must be a mapping such as `{ prefix: / }`',
).check(z.refine((written) => Object.keys(written).length > 0, { error: 'must have `host`, `path` or `prefix`' }));

const maxBodyCharacters = 16_384;
/** Statuses of answers that have no body. */
export const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

const respond = mapping(
  {
    status: documented(z.optional(wholeNumber(200, 599)), { description: 'The status.', default: 200 }),
    body: documented(z.optional(z.unknown()), {
      description: 'A text as it is; anything else becomes JSON.',
      examples: ['Back soon.', { status: 'closed' }],
    }),
    headers: documented(z.nullish(fieldValues('must be a mapping such as `{ retry-after: "60" }`')), {
      description: 'Its header fields.',
    }),
  },
  'must be a mapping such as `{ status: 503, body: Back soon. }`',
).check(
  z.refine(({ body }) => JSON.stringify(body ?? '').length <= maxBodyCharacters, {
    error: `must have a \`body\` of at most ${maxBodyCharacters} characters`,
  }),
  z.refine(({ status = 200, body }) => body === undefined || body === null || !bodyless.has(status), {
    error: 'must have no `body` with this `status`',
  }),
);

const share = mapping(
  {
    service: documented(serviceName(), { description: 'One of the services of the workspace.' }),
    weight: documented(z.optional(wholeNumber(0, 1_000_000)), {
      description: 'Its share, in proportion to the other weights; 0 takes nothing.',
      default: 1,
    }),
  },
  'must be a mapping such as `{ service: orders, weight: 90 }`',
);

/** Where the requests of a route go instead of to the service that has it. */
export const elsewhereKeys = {
  split: documented(
    z.nullish(
      z
        .array(share, { error: 'must be a list such as `[{ service: orders, weight: 90 }]`' })
        .check(z.refine((shares) => shares.length > 0 && shares.length <= 16, { error: 'must have 1 to 16 services' })),
    ),
    { description: 'Services that share the requests, each with its weight.' },
  ),
  redirect: documented(z.nullish(redirect), { description: 'Where clients are sent instead.' }),
  rewrite: documented(z.nullish(rewrite), {
    description: 'What the service is asked for instead of what the client asked for.',
  }),
  respond: documented(z.nullish(respond), { description: 'An answer that the gateway gives itself.' }),
};

const percent = { error: 'must be a percentage from 0 to 100, such as 10 or 0.5' };
const mirrorTarget = mapping(
  {
    service: documented(serviceName(), { description: 'One of the services of the workspace.' }),
    percent: documented(z.optional(z.number(percent).check(z.gte(0, percent), z.lte(100, percent))), {
      description: 'Of how many requests it gets a copy.',
      default: 100,
    }),
  },
  'must be a mapping such as `{ service: orders-next, percent: 10 }`',
);

/** Copies of requests. */
export const mirrorKeys = {
  mirror: documented(
    z.nullish(
      z
        .array(mirrorTarget, { error: 'must be a list such as `[{ service: orders-next, percent: 10 }]`' })
        .check(z.refine((targets) => targets.length <= 4, { error: 'must have at most 4 services' })),
    ),
    { description: 'Services that get copies of requests; their answers are dropped.' },
  ),
};

function plainHostProblem(written: string): string | undefined {
  if (written.startsWith('*')) return 'must be one host, such as `example.com`';
  return hostProblem(written);
}
