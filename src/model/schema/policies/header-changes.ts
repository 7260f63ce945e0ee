import * as z from 'zod/mini';

import { fieldValuePattern } from '../../../protocol/policies/header-changes.ts';
import { documented, mapping, text } from '../schema-parts.ts';
import { headerNameProblem } from './match.ts';

const maxFields = 32;

/** Names of fields with their values; `must` says what else the key could be. */
export function fieldValues(must: string) {
  return z.record(z.string(), text(fieldValuePattern, fieldValueProblem), { error: must }).check(
    z.refine((fields) => namesProblem(Object.keys(fields)) === undefined, {
      error: ({ input }) => namesProblem(Object.keys(input ?? {})) ?? must,
    }),
  );
}

const fieldNames = z.array(z.string({ error: 'must be the name of a header field' }), {
  error: 'must be a list such as `[server]`',
});
const removed = fieldNames.check(
  z.refine((names) => namesProblem(names) === undefined, {
    error: ({ input }) => namesProblem(Array.isArray(input) ? input : []) ?? 'must be a list such as `[server]`',
  }),
);

function createChanges() {
  return mapping(
    {
      set: documented(z.nullish(fieldValues('must be a mapping such as `{ x-shop: main }`')), {
        description: 'Fields that are there with these values, whatever came.',
      }),
      add: documented(z.nullish(fieldValues('must be a mapping such as `{ x-shop: main }`')), {
        description: 'Fields that are added to those that came.',
      }),
      remove: documented(z.nullish(removed), { description: 'Fields that do not go on.', examples: [['server']] }),
    },
    'must be a mapping such as `{ set: { x-shop: main }, remove: [x-debug] }`',
  );
}

/** Changes to the header fields of requests and answers. */
export const headerChangeKeys = {
  requestHeaders: documented(z.nullish(createChanges()), {
    description: 'Header fields of requests that are set, added or removed before the service gets them.',
  }),
  responseHeaders: documented(z.nullish(createChanges()), {
    description: 'Header fields of answers that are set, added or removed before the client gets them.',
  }),
};

function fieldValueProblem(value: string): string | undefined {
  return fieldValuePattern.test(value) ? undefined : 'must be printable ASCII without spaces at its ends';
}

function namesProblem(names: readonly unknown[]): string | undefined {
  if (names.length > maxFields) return `must have at most ${maxFields} names`;
  return names.map((name) => headerNameProblem(String(name))).find((problem) => problem !== undefined);
}
