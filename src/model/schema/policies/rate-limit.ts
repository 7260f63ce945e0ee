import * as z from 'zod/mini';

import { recognisedFieldProblem } from './match.ts';
import { isInDays, parsePeriodMs, periodPattern } from '../quantities.ts';
import { documented, mapping, oneOf, text, wholeNumber } from '../schema-parts.ts';

const keyPattern = /^(?:user|key|address|service|route|header:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100})$/;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,49}$/;

const longestMs = 366 * 86_400_000;
const mostRequests = 1_000_000_000;
const mostLimits = 8;
const must = 'must be a mapping such as `{ by: user, limit: 600, per: 1m }`, or a list of those';

function createLimit() {
  const limit = mapping(
    {
      name: documented(z.optional(text(namePattern, nameProblem)), {
        description:
          'What the RateLimit fields call it. Routes that have limits of the same name count together, and so do those ' +
          'that have the limit from `gateway.defaults`.',
        examples: ['search'],
      }),
      by: documented(z.optional(text(keyPattern, keyProblem)), {
        description:
          'Whose requests count together: those of a `user` or an API `key` (without one: of the address), of an ' +
          '`address`, all of the `service` or the `route`, or all with the same value of a `header:…`.',
        default: 'address',
        examples: ['user', 'key', 'address', 'service', 'route', 'header:x-tenant'],
      }),
      limit: documented(wholeNumber(1, mostRequests), {
        description: 'How many requests are let in during the time `per`.',
        examples: [600],
      }),
      per: documented(text(periodPattern, periodProblem), {
        description:
          'The time. With `d` (days) it is a quota: a window that begins at midnight UTC and is counted anew after it. ' +
          'Everything shorter is a rate, which gives back little by little.',
        examples: ['1s', '1m', '1d', '30d'],
      }),
      burst: documented(z.optional(wholeNumber(1, mostRequests)), {
        description: 'How many may come at once; as many as the limit if it is left out. A quota has none.',
        examples: [20],
      }),
      exact: documented(z.optional(z.boolean({ error: 'must be true or false' })), {
        description: 'Ask Redis with each request, instead of reserving some ahead: dearer, and to the last request.',
        default: false,
      }),
      whenRedisIsGone: documented(z.optional(oneOf(['local', 'refuse'])), {
        description: 'Each gateway counts by itself while Redis is gone, or nobody is let in.',
        default: 'local',
      }),
    },
    must,
  );
  const error = 'must be left out, since a quota (`per` in days) may be used up at once';
  return limit.check(z.refine(({ burst, per }) => burst === undefined || !isInDays(per), { error, path: ['burst'] }));
}

const limits = z.array(createLimit(), { error: must }).check(
  z.refine((list) => list.length > 0 && list.length <= mostLimits, { error: `must have 1 to ${mostLimits} limits` }),
  z.refine((list) => new Set(list.map(whatItCounts)).size === list.length, {
    error: 'must tell its limits apart by `name`, `by` or `per`',
  }),
);

function whatItCounts({ name, by = 'address', per }: WrittenRateLimit): string {
  return name ?? `${by} ${per}`;
}

/** How often something may be asked for. */
export const rateLimitKeys = {
  rateLimit: documented(z.nullish(z.union([createLimit(), limits], { error: must })), {
    description:
      'How often this may be asked for: one limit, or several that all hold. Empty: the default does not hold.',
    examples: [{ by: 'user', limit: 600, per: '1m' }],
  }),
};

export type WrittenRateLimit = z.infer<ReturnType<typeof createLimit>>;

function keyProblem(key: string): string | undefined {
  if (keyPattern.test(key)) return key.startsWith('header:') ? recognisedFieldProblem(key.slice(7)) : undefined;
  return 'must be `user`, `key`, `address`, `service`, `route`, or a header such as `header:x-tenant`';
}

function nameProblem(name: string): string | undefined {
  if (namePattern.test(name)) return undefined;
  return 'must have at most 50 letters, digits, spaces, dots, hyphens and underscores';
}

function periodProblem(period: string): string | undefined {
  const periodMs = parsePeriodMs(period);
  if (Number.isNaN(periodMs)) return 'must be a time with its unit, such as `1s`, `1m`, `1h` or `1d`';
  return periodMs >= 1 && periodMs <= longestMs ? undefined : 'must be from `1ms` to `366d`';
}
