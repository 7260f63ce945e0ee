import * as z from 'zod/mini';

import { filterLimits } from '../../../protocol/policies/filters.ts';
import { filterNamePattern, filterNameProblem } from '../../filter-name.ts';
import { defaultValues } from '../default-values.ts';
import { durationPattern, parseDurationMs } from '../quantities.ts';
import { documented, mapping, oneOf, text } from '../schema-parts.ts';

const filterName = () => text(filterNamePattern, filterNameProblem);

const detailed = mapping(
  {
    filter: documented(filterName(), {
      description: 'Its name: that of its file in gateway/filters, without `.ts`.',
      examples: ['stamp'],
    }),
    timeout: documented(z.optional(text(durationPattern, timeoutProblem)), {
      description: 'How long one of its stages may take.',
      default: defaultValues.filterTimeout,
      examples: ['200ms', '2s'],
    }),
    onFailure: documented(z.optional(oneOf(['refuse', 'pass'])), {
      description: 'What becomes of a request when it fails: `refuse` answers 500, `pass` goes on without it.',
      default: defaultValues.filterOnFailure,
    }),
    services: documented(z.optional(z.array(z.string({ error: 'must be the name of a service' }), listOfServices())), {
      description: 'The services that its route stage may choose instead of the one of the route.',
      examples: [['orders-next']],
    }),
  },
  'must be the name of a filter, or a mapping such as `{ filter: stamp, timeout: 200ms }`',
);

const uses = {
  error: `must be a list of at most ${filterLimits.usesPerRoute} filters, such as \`[stamp]\``,
};

/** Filters in code on a route, a call, or all public routes. */
export const filtersKeys = {
  filters: documented(
    z.optional(
      z
        .array(z.union([filterName(), detailed], { error: ({ input }) => useProblem(input) }), uses)
        .check(z.maxLength(filterLimits.usesPerRoute, uses)),
    ),
    {
      description:
        'Filters in code that requests and answers pass, by name: the files of gateway/filters. In this order.',
      examples: [['stamp'], [{ filter: 'stamp', onFailure: 'pass' }]],
    },
  ),
};

function useProblem(input: unknown): string {
  const problem = typeof input === 'string' ? filterNameProblem(input) : undefined;
  return problem ?? 'must be the name of a filter, or a mapping such as `{ filter: stamp, timeout: 200ms }`';
}

function listOfServices() {
  return { error: 'must be a list of services, such as `[orders-next]`' };
}

function timeoutProblem(timeout: string): string | undefined {
  const durationMs = parseDurationMs(timeout);
  if (Number.isNaN(durationMs)) return 'must be a duration with its unit, such as `200ms` or `2s`';
  return durationMs >= 1 && durationMs <= filterLimits.maxTimeoutMs ? undefined : 'must be from `1ms` to `1m`';
}
