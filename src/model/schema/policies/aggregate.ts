import * as z from 'zod/mini';

import { isReservedField } from '../../../protocol/policies/header-changes.ts';
import { addressProblem, readPlaceholder } from '../../policies/aggregate-template.ts';
import { documented, mapping, oneOf, text, wholeNumber } from '../schema-parts.ts';
import { fieldNames, short } from './parts.ts';
import { jsonPlace, jsonPlaces, renames } from './transform.ts';

const memberPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;
const listPattern = /^\{[^{}]+\}$/;

const groups = 'must be the name of a member such as `user`, or false';
const group = z.union([text(memberPattern, groupProblem), z.literal(false, { error: groups })], { error: groups });

const forEach = mapping(
  {
    list: documented(text(listPattern, listProblem), {
      description: 'The list in the answer of another call: the call is made for each `{item}` of it.',
      examples: ['{orders.body.items}'],
    }),
    limit: documented(z.optional(wholeNumber(1, 50)), {
      description: 'How many items there may be; with more, the call fails.',
      default: 20,
    }),
    parallel: documented(z.optional(wholeNumber(1, 10)), { description: 'How many at once.', default: 4 }),
  },
  'must be a mapping such as `{ list: "{orders.body.items}" }`',
);

/** What the gateway says to services itself, or what would make an answer one that it cannot read. */
const notPassedOn = /^(?:accept|accept-encoding|range|if-.+)$/;
const mustLeaveOut =
  'must leave out what the gateway itself says to services, such as `host` and `accept`, and what asks for a part of an answer';
const passedOn = fieldNames('[authorization]').check(
  z.refine(
    (names) => !names.some((name) => isReservedField(name.toLowerCase()) || notPassedOn.test(name.toLowerCase())),
    {
      error: mustLeaveOut,
    },
  ),
);

const call = mapping(
  {
    service: documented(z.string({ error: 'must be the name of a service' }), {
      description: 'Which service is asked.',
      examples: ['users'],
    }),
    path: documented(text(/^\/.{0,500}$/, addressProblem), {
      description:
        'What it is asked for, with values from the query `{query.id}`, a header field `{header.x-user}`, the path below ' +
        'the route `{path.1}`, or the answer of another call `{order.body.userId}`.',
      examples: ['/users/{order.body.userId}'],
    }),
    method: documented(z.optional(oneOf(['GET', 'POST'])), {
      description: 'The method, without a body.',
      default: 'GET',
    }),
    headers: documented(z.nullish(passedOn), {
      description: 'The header fields of the client that are passed on. Without it, none.',
      examples: [['authorization', 'accept-language']],
    }),
    optional: documented(z.optional(z.boolean({ error: 'must be true or false' })), {
      description: 'Without its answer there is still a result, marked as partial.',
      default: false,
    }),
    forEach: documented(z.nullish(forEach), { description: 'Makes the call once for each item of a list.' }),
    pick: documented(z.optional(jsonPlace()), {
      description: 'The part of the answer that is used.',
      examples: ['/data'],
    }),
    allow: documented(z.nullish(jsonPlaces('must be a list such as `[id, name]`')), {
      description: 'The only members that are used.',
      examples: [['id', 'name']],
    }),
    deny: documented(z.nullish(jsonPlaces('must be a list such as `[password]`')), {
      description: 'Members that are left out.',
    }),
    rename: documented(z.nullish(renames()), { description: 'Members that get another name, or another place.' }),
    group: documented(z.optional(group), {
      description:
        'The member of the result that the answer becomes: the name of the call, unless told otherwise. With false, the ' +
        'answer is only used for values of other calls.',
    }),
    merge: documented(z.optional(z.boolean({ error: 'must be true or false' })), {
      description: 'The members of the answer become members of the result.',
      default: false,
    }),
  },
  'must be a mapping such as `{ service: users, path: /users }`',
);

const aggregate = mapping(
  {
    calls: documented(
      z.record(z.string(), call, {
        error: 'must be a mapping of names to calls, such as `user: { service: users, path: /me }`',
      }),
      {
        description:
          'The calls by name, in the order in which their answers are merged. They are made as early as possible.',
        propertyNames: { pattern: '^[a-z][a-z0-9-]{0,62}$' },
      },
    ),
  },
  'must be a mapping such as `{ calls: { user: { service: users, path: /me } } }`',
);

/** One answer made of those of several services. */
export const aggregateKeys = {
  aggregate: documented(z.nullish(short(aggregate)), {
    description: 'One answer that is made of the answers of several services.',
  }),
};

export type WrittenAggregate = z.infer<typeof aggregate>;

function groupProblem(name: string): string | undefined {
  return memberPattern.test(name) ? undefined : 'must be the name of a member, of letters, digits, `_` and `-`';
}

function listProblem(written: string): string | undefined {
  const source = listPattern.test(written) ? readPlaceholder(written.slice(1, -1)) : undefined;
  return source?.from === 'call'
    ? undefined
    : 'must be a list in the answer of another call, such as `{orders.body.items}`';
}
